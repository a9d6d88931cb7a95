"""What identity refuses. Codes of spec/api/errors.md where the contract has one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Forbidden, Invalid, Refused, TooMany, Unauthenticated


class AccountNameTaken(Refused):
    code, says = "CBC.99000038", _("The account name {name} exists already.")
    name: str


class AccountNameMalformed(Refused):
    code = "CBC.99000031"
    says = _(
        "The account name {name} does not fit: 5 to 32 letters, digits, - and _, not only digits, not op_ or shadow_."
    )
    name: str


class NotConvertible(Refused):
    """Only a customer's account becomes a partner's."""

    code, says = "CBC.0100", _("The account {account} cannot become a partner's.")
    account: str


class LoginTaken(Refused):
    code, says = "CBC.99000038", _("The login {login} exists already.")
    login: str


class PasswordTooWeak(Refused):
    code, says = "CBC.99000036", _("The password does not fit: {reason}.")
    reason: Any


class RoleNameTaken(Refused):
    code, says = "CBC.0100", _("A role named {name} exists already.")
    name: str


class RoleInUse(Refused):
    code, says = "CBC.0100", _("The role {name} is held by {count} users; take it from them first.")
    name: str
    count: int


class TooManyRoles(Refused):
    code, says = "CBC.0100", _("An account has at most {limit} roles of its own.")
    limit: int


class RoleCombination(Refused):
    code, says = "CBC.0100", _("These roles cannot be combined: {reason}.")
    reason: Any


class UnknownPermission(Refused):
    code, says = "CBC.0100", _("There is no permission {permission}.")
    permission: str


class NotYoursToGive(Forbidden):
    code, says = "CBC.0151", _("You cannot give a permission that you do not hold: {permission}.")
    permission: str


class NotASupervisor(Refused):
    """Nobody of the account, without the role of a supervisor, disabled, or the person itself: one answer."""

    code, says = "CBC.0100", _("{user} is not a supervisor of account managers in this account.")
    user: str


class NotInSales(Refused):
    code, says = "CBC.0100", _("{user} is not an account manager.")
    user: str


class OwnerCannotBe(Refused):
    code, says = "CBC.0100", _("The owner of an account cannot be disabled or limited by roles.")


class KeyStateUnchanged(WrongState):
    code, says = "CBC.0100", _("{subject} is {state} already.")


class SignInRefused(Unauthenticated):
    """Unknown login, wrong password or disabled user: one answer for all."""

    code, says = "CBC.0154", _("The login or the password is wrong.")

    @property
    def answers(self) -> dict[str, Any]:
        """IAM's own form of the refusal, beside ours."""
        return {"error": {"code": self.status, "message": str(self), "title": "Unauthorized"}}


class SignInLocked(TooMany):
    status, code = 401, "CBC.0154"
    says = _("Too many wrong passwords. Try again in {minutes} minutes.")
    minutes: int


class AgencyRefused(Forbidden):
    """No such customer, or it has not authorised this partner: one answer for both."""

    code, says = "CBC.0151", _("The customer has not authorised you to act for it.")


class CodeExpired(Refused):
    code, says = "CBC.99004008", _("The verification code has expired.")


class CodeDead(Refused):
    code, says = "CBC.99004009", _("The verification code was entered wrongly too often. Ask for a new one.")


class CodeWrong(Refused):
    code, says = "CBC.99004010", _("The verification code is wrong.")


class TooManyCodes(Refused):
    code, says = (
        "CBC.99004015",
        _("Too many verification codes were sent to this recipient. Try again later."),
    )


class NotAUserOfTheAccount(Refused):
    code, says = "CBC.0100", _("{user} is not a user of the account.")
    user: str


class OnlyStaff(Forbidden):
    code, says = "CBC.0151", _("Only the vendor's staff may do this.")


class AnnouncementPeriod(Invalid):
    says = _("An announcement ends after it begins.")


class AttachmentTooLarge(Refused):
    """`limit` in megabytes."""

    code, says = "CBC.99000099", _("The file is larger than {limit} MB.")
    limit: int


class AttachmentKind(Refused):
    """By its content it is none of the kinds taken, or another than its name says."""

    code = "CBC.99000100"
    says = _("The file is not a JPG, BMP, PNG, GIF or PDF, or its content is not what its name says.")


class NoSandbox(Forbidden):
    """What only a sandbox may show."""

    code, says = "CBC.0151", _("Access denied: this installation is not a sandbox.")

    @classmethod
    def unless_allowed(cls) -> None:
        if not settings.SANDBOX:
            raise cls()
