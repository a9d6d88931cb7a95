"""Decisions of real-name authentication over plain values: how many papers, which paths, which numbers are equal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from partner_center.channel.models.real_name import Certificate, Means, Subject

MOST_PAPERS = 4
LONGEST_PATH = 255
_STEP = r"[^/\\\x00-\x1f\x7f]+"
_PATH = re.compile(rf"{_STEP}(/{_STEP})*")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of a customer's identity. `details`: country and address of registration, legal person, card."""

    subject: Subject
    means: Means
    certificate: str
    name: str
    number: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_individual(self) -> bool:
        return self.subject is Subject.INDIVIDUAL

    @property
    def has_person(self) -> bool:
        """Whether the legal person's identity card belongs to the papers."""
        return bool(self.details.get("person_number"))


def papers_needed(claim: Claim, site: str) -> range:
    """How many files a claim comes with (spec/api/operations.md).

    A passport: three on the China site (data page, entry stamp, in the hand), two abroad; other certificates of a
    person: front, back, in the hand; a bank card or a face: one photograph. An enterprise: its certificate (abroad
    front and back) and both sides of the legal person's identity card where that person is named.
    """
    if claim.is_individual:
        if claim.means is not Means.CERTIFICATE:
            return range(1, 2)
        needed = 2 if claim.certificate == Certificate.PASSPORT and site == "intl" else 3
        return range(needed, needed + 1)
    certificate = range(1, 2 if site == "cn" else 3)
    person = 2 if claim.has_person else 0
    return range(certificate.start + person, certificate.stop + person)


def in_words(needed: range) -> Any:
    """ "3", or "1 or 2"."""
    if len(needed) == 1:
        return str(needed.start)
    return _("{fewest} or {most}").format(fewest=needed.start, most=needed.stop - 1)


def path_fits(path: str) -> bool:
    """Names between single slashes, none of them "." or ".."; case counts."""
    return (
        len(path) <= LONGEST_PATH
        and bool(_PATH.fullmatch(path))
        and not any(part in (".", "..") for part in path.split("/"))
    )


def corporate_name_fits(name: str) -> bool:
    """Not only digits, special characters and spaces."""
    return any(character.isalpha() for character in name)


def digest_of_number(number: str) -> str:
    """Keyed, because numbers of certificates can be guessed; spaces and case do not count."""
    plain = "".join(number.split()).upper()
    return salted_hmac("partner-center/real-name", plain, algorithm="sha256").hexdigest()
