"""What the three applications for real-name authentication share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from django.conf import settings
from django.utils.translation import gettext as _

from partner_center.channel.actions.access import check_upload_on
from partner_center.channel.errors.real_name import (
    AuthenticatedOrInReview,
    BankUnreachable,
    CannotReview,
    CardHolderMismatch,
    CardIssuerFailed,
    CardStateWrong,
    CardUnsupported,
    FaceMismatch,
    NotAnIndividual,
    NumberForbidden,
    NumberUsedUp,
    PaperMissing,
    RealNameCodeExpired,
    TooManyApplications,
    UploadOff,
    VerificationFailed,
    WrongNumberOfPapers,
)
from partner_center.channel.models.real_name import (
    Certificate,
    Means,
    RealNameApplication,
    RealNameState,
    Subject,
)
from partner_center.channel.queries.real_name import uploaded
from partner_center.channel.real_name import apply_and_check
from partner_center.channel.rules.real_name import Claim, corporate_name_fits
from partner_center.customers.errors import NotACustomerOfThePartner
from partner_center.customers.queries import customer_for
from partner_center.foundation.actor import Actor
from partner_center.identity.actions.codes import CheckedCode
from partner_center.identity.errors import AttachmentKind, AttachmentTooLarge, CodeDead, CodeWrong
from partner_center.partners.errors import UnknownPlatform
from partner_center.partners.queries import owns_platform
from partner_center.wire.errors import InvalidParameter
from partner_center.wire.schema import Maybe, WireModel, field

ITEM = "BPC_ITEM_SUBCUSTSERV_010119"

ERRORS = (
    NotACustomerOfThePartner,
    UnknownPlatform,
    UploadOff,
    PaperMissing,
    WrongNumberOfPapers,
    AttachmentTooLarge,
    AttachmentKind,
    AuthenticatedOrInReview,
    NumberForbidden,
    TooManyApplications,
    VerificationFailed,
    CannotReview,
)
ERRORS_OF_INDIVIDUALS = (
    *ERRORS,
    NumberUsedUp,
    RealNameCodeExpired,
    CodeWrong,
    CodeDead,
    FaceMismatch,
    CardHolderMismatch,
    CardStateWrong,
    CardIssuerFailed,
    CardUnsupported,
    BankUnreachable,
)
ERRORS_OF_CHANGES = (*ERRORS, NotAnIndividual)

PERSONAL = {
    3: Certificate.PASSPORT,
    5: Certificate.MAINLAND_PERMIT,
    6: Certificate.TAIWAN_PERMIT,
    9: Certificate.HK_MACAO_RESIDENCE,
    10: Certificate.TAIWAN_RESIDENCE,
}
"""By verified_type."""

CORPORATE = {
    0: Certificate.BUSINESS_LICENCE,
    1: Certificate.INSTITUTION,
    2: Certificate.SOCIAL_GROUP,
    3: Certificate.AUTHORITY,
    4: Certificate.ORGANISATION_CODE,
    99: Certificate.OTHER,
}
"""By certificate_type."""


class EnterprisePerson(WireModel):
    """The legal person of an enterprise; `legel_…` are the platform's spellings."""

    legel_name: str = field(max_length=255)
    legel_id_number: str = field(max_length=32)
    certifier_role: Maybe[str] = field(None, one_of=("legalPerson",))


class OfEnterprise(WireModel):
    """An enterprise and its certificate."""

    customer_id: str = field(max_length=64)
    identify_type: int = field(one_of=(1,))
    certificate_type: Maybe[int] = field(None, one_of=tuple(CORPORATE))
    verified_file_url: list[str] = field(min_items=1, max_items=4, max_length=255)
    corp_name: str = field(max_length=255)
    verified_number: str = field(max_length=64)
    reg_country: Maybe[str] = field(None, max_length=64)
    reg_address: Maybe[str] = field(None, max_length=255)
    xaccount_type: str = field(max_length=64)
    enterprise_person: Maybe[EnterprisePerson] = None

    def claim(self, subject: Subject) -> Claim:
        """Raises InvalidParameter for a name of digits, spaces and special characters alone."""
        if not corporate_name_fits(self.corp_name):
            raise InvalidParameter(parameter="corp_name", reason=_("its format is wrong"))
        details = {"country": self.reg_country or "", "address": self.reg_address or ""}
        if self.enterprise_person is not None:
            details["person"] = self.enterprise_person.legel_name
            details["person_number"] = self.enterprise_person.legel_id_number
        return Claim(
            subject,
            Means.CERTIFICATE,
            CORPORATE[self.certificate_type or 0].value,
            self.corp_name,
            self.verified_number,
            details,
        )


class Reviewed(WireModel):
    """is_review: 1 when a person decides, 0 when it was decided at once."""

    is_review: Maybe[int] = None

    @classmethod
    def of(cls, application: RealNameApplication) -> Self:
        return cls(is_review=1 if application.state is RealNameState.IN_REVIEW else 0)


def apply_with(
    actor: Actor,
    *,
    customer_id: str,
    xaccount_type: str,
    paths: Sequence[str],
    claim: Claim,
    checked: CheckedCode | None = None,
) -> RealNameApplication:
    """Apply for one of the partner's own customers with papers that it uploaded before.

    Raises NotACustomerOfThePartner, UploadOff, UnknownPlatform, PaperMissing and what applying raises.
    """
    customer = customer_for(actor, customer_id, partner_id=actor.account_id)
    check_upload_on(actor.account_id)
    if not (owns_platform(actor.account_id, xaccount_type) or settings.PLATFORMS_AT_FIRST_USE):
        raise UnknownPlatform(platform=xaccount_type)
    return apply_and_check(
        actor,
        customer=customer,
        claim=claim,
        attachments=uploaded(actor.account_id, paths),
        checked=checked,
    )
