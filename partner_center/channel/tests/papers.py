"""Files and claims for the tests of real-name authentication."""

from __future__ import annotations

from typing import Any

from partner_center.channel.models.real_name import Certificate, Means, Subject
from partner_center.channel.real_name import Submitted, Verdict
from partner_center.channel.rules.real_name import Claim

JPG = b"\xff\xd8\xff\xe0 a page"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR a page"

THREE = [("1.jpg", JPG), ("2.jpg", JPG), ("3.png", PNG)]
ONE = [("licence.png", PNG)]


def person(number: str = "E12345678", *, name: str = "Lin Hua") -> Claim:
    return Claim(Subject.INDIVIDUAL, Means.CERTIFICATE, Certificate.PASSPORT.value, name, number)


def enterprise(number: str = "91440300MA5", subject: Subject = Subject.ENTERPRISE, **details: Any) -> Claim:
    return Claim(
        subject, Means.CERTIFICATE, Certificate.BUSINESS_LICENCE.value, "Pinewood Ltd", number, details
    )


def by_number(submitted: Submitted) -> Verdict:
    """An automatic check for tests: the number says what it finds, and the papers are read."""
    read = [kind for kind, content in submitted.papers() if content]
    assert read, "no papers"
    match submitted.claim.number:
        case "GOOD":
            return Verdict("passed")
        case "BAD":
            return Verdict("refused")
        case "FACE":
            return Verdict("refused", "face")
        case "BROKEN":
            raise OSError("the register does not answer")
    return Verdict("undecided")


BY_NUMBER = f"{__name__}.by_number"
