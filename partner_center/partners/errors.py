"""What this room refuses (spec/api/errors.md, Accounts and customers)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import Forbidden, Invalid, Refused


class NoRightOverReseller(Refused):
    """The reseller is not one of the caller's, or does not exist: the same answer."""

    code = "CBC.99000037"
    says = _("You have no right over the reseller {reseller}.")
    reseller: str


class NotAPartner(Forbidden):
    code = "CBC.0151"
    says = _("Only a partner may do this.")


class OnlyTheVendor(Forbidden):
    code = "CBC.0151"
    says = _("Only the vendor may do this.")


class OnlyItsDistributor(Forbidden):
    code = "CBC.0151"
    says = _("Only the reseller's distributor may do this.")


class SandboxPartner(Refused):
    code = "CBC.99005035"
    says = _("A sandbox partner account may not do this.")


class DistributorHasNoCustomers(Refused):
    code = "CBC.50010059"
    says = _("A distributor may not associate customers itself; name one of its resellers.")


class DistributorHasQuit(Refused):
    code = "CBC.50010065"
    says = _("The reseller's distributor has quit.")


class PartnerRestricted(Refused):
    code = "CBC.50010085"
    says = _("The partner is restricted and may not do this.")


class DistributorRestricted(Refused):
    code = "CBC.50010086"
    says = _("The reseller's distributor is restricted.")


class UnknownPlatform(Invalid):
    """The platform identity has not been assigned to this partner."""

    says = _("The platform identity {platform} is not assigned to this partner.")
    platform: str


class PlatformTaken(Invalid):
    says = _("The partner has the platform identity {platform} already.")
    platform: str


class AlreadyAPartner(Refused):
    says = _("The account {account} is a partner already.")
    account: str


class WrongAccountKind(Refused):
    says = _("The account {account} is not of the kind {kind}.")
    account: str
    kind: str


class NotADistributor(Refused):
    says = _("{partner} is not an active distributor of the same site.")
    partner: str


class NotYourMember(Refused):
    says = _("The account manager {user} is not a member of the partner.")
    user: str


class AlreadyTied(Refused):
    says = _("{reseller} works with a distributor already.")
    reseller: str


class NotTied(Refused):
    says = _("{reseller} does not work with a distributor.")
    reseller: str


class RightNotHeld(Refused):
    says = _("The reseller does not hold this right.")


class ProgrammeJoinedAlready(Refused):
    says = _("You take part in {programme} already.")
    programme: str


class MembershipEnded(Refused):
    says = _("{membership} has ended.")
    membership: str


class IdentityProgramme(Refused):
    says = _("{programme} is the partner's identity: change the partner's standing instead.")
    programme: str


class ProgrammeNotFound(Refused):
    says = _("There is no such programme.")


class ApplicationNotFound(Refused):
    says = _("There is no such application.")


class CompanyNotFound(Refused):
    says = _("There is no company information.")


class NotYourApplication(Forbidden):
    code = "CBC.0151"
    says = _("Only the applicant may do this.")


class AgreementsNotSigned(Refused):
    """What is agreed must be ticked, every text of it, in the version in force."""

    says = _("Read and agree to: {agreements}.")
    agreements: str


class AgreementVersionTaken(Refused):
    says = _("The version {version} of this agreement exists already.")
    version: str


class OnlyTheMaster(Forbidden):
    code = "CBC.0151"
    says = _("Only the company's master account may change its information.")


class ChangeUnderReview(Refused):
    says = _("A change is under review already. Withdraw it first, or wait for the decision.")


class NothingChanged(Refused):
    says = _("Nothing would change.")


class CreditCodeTaken(Refused):
    says = _("The credit code belongs to another company.")


class NameOnAccountDiffers(Refused):
    """Features A9: a corporate account in the company's own name."""

    says = _("The bank account must be in the company's name: {company}.")
    company: str


class BankLetterMissing(Refused):
    says = _("A new bank account needs a letter of the bank.")


class CertificationLocked(Refused):
    says = _("The certification is locked after three wrong amounts. Submit a ticket to have it unlocked.")


class NotRemittedYet(Refused):
    says = _("The small amount has not been remitted yet.")


class RequirementsNotMet(Refused):
    says = _("Not every requirement of this tier is met: {missing}.")
    missing: str


class HighestTier(Refused):
    says = _("There is no higher tier.")


class NotAMember(Refused):
    says = _("You do not take part in this programme.")


class NoCertificate(Refused):
    says = _("There is no certificate for this membership.")


class UnderReviewAlready(Refused):
    says = _("An application is under review already.")


class InvitationInvalid(Refused):
    """Unknown, used, cancelled or expired: one answer for all."""

    says = _("This invitation does not exist or is no longer valid. Ask for a new one.")
