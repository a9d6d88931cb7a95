"""What real-name authentication refuses (spec/api/errors.md, Real-name)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.errors import WrongState
from partner_center.kernel.errors import Invalid, NotFound, Refused


class UploadOff(Refused):
    """The partner has not switched the upload of real-name attachments on (access configuration)."""

    code = "CBC.99005030"
    says = _("The upload of real-name attachments is not switched on in the access configuration.")


class AuthenticatedOrInReview(WrongState):
    """Authenticated already, or an application is being reviewed."""

    code = "CBC.99007188"
    says = _("{subject} is authenticated already, or an application is in review ({state}).")


class NotAnIndividual(Refused):
    """Only an authenticated individual changes to an enterprise."""

    code = "CBC.99007188"
    says = _("{customer} is not authenticated as an individual.")
    customer: str


class NumberUsedUp(Refused):
    code = "CBC.99007189"
    says = _("The certificate number is used by as many customers as it may be.")


class TooManyApplications(Refused):
    code = "CBC.99007191"
    says = _("Too many applications: at most {limit} in 24 hours.")
    limit: int


class NumberForbidden(Refused):
    code, says = "CBC.99007193", _("This certificate number is not accepted.")


class RealNameCodeExpired(Refused):
    """Real-name authentication has a code of its own for an expired verification code."""

    code, says = "CBC.99000027", _("The verification code has expired.")


class PaperMissing(Invalid):
    says = _("There is no uploaded file {path}.")
    path: str


class WrongNumberOfPapers(Invalid):
    says = _("{given} files were given; this certificate needs {needed}.")
    given: int
    needed: Any


class PathMalformed(Invalid):
    says = _("The path {path} does not fit: names between single slashes, at most 255 characters.")
    path: str


class FaceCodeSpent(NotFound):
    """Unknown, used or older than ten minutes: the same answer."""

    says = _("This code is not valid any more. Ask for a new one.")


class CheckRefusal(Refused):
    """What the automatic check found; the application is rejected with these words."""


class VerificationFailed(CheckRefusal):
    code, says = "CBC.99007202", _("The identity could not be verified: name and number do not agree.")


class FaceMismatch(CheckRefusal):
    code, says = "CBC.99007219", _("The face is not the one on the certificate.")


class CardHolderMismatch(CheckRefusal):
    code, says = "CBC.99007255", _("The data of the bank card's holder do not agree.")


class CardStateWrong(CheckRefusal):
    code, says = "CBC.99007258", _("The bank card cannot be used in its present state.")


class CardIssuerFailed(CheckRefusal):
    code, says = "CBC.99007260", _("The bank that issued the card could not confirm it.")


class CardUnsupported(CheckRefusal):
    code, says = "CBC.99007261", _("Cards of this kind are not supported.")


class BankUnreachable(CheckRefusal):
    code, says = "CBC.99007262", _("The bank or the network failed. Try again later.")


class CannotReview(CheckRefusal):
    code, says = "CBC.70600026", _("The application cannot be reviewed. Contact your account manager.")
