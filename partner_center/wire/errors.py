"""What the door itself refuses, with the gateway's and the platform's own codes (spec/api/errors.md)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from partner_center.kernel.errors import DomainError, Forbidden, Invalid, TooMany, Unauthenticated


class GatewayError(DomainError):
    """Refused before any operation was reached; its body carries the request id."""


class SignatureRefused(GatewayError):
    """No signature, an unknown or disabled key, or one that does not match: one answer for all."""

    status, code = 401, "APIGW.0301"
    says = _("Incorrect IAM authentication information: {reason}")
    reason: Any


class SignatureOutOfTime(GatewayError):
    """The request was signed too long ago, or in the future, by the machine's clock."""

    status, code = 401, "APIGW.0303"
    says = _(
        "Incorrect app authentication information: the signature's date is too far from the server time {server_time}"
    )
    server_time: str


class UnknownPath(GatewayError):
    status, code = 404, "APIGW.0101"
    says = _("The API does not exist or has not been published in the environment")


class TokenRefused(Unauthenticated):
    """The token is unknown, expired or revoked, or what it stood on is gone."""

    code, says = "CBC.0154", _("The token is illegal or has expired.")


class WrongCaller(Forbidden):
    """The operation is not for this kind of caller, or the user lacks the permission item."""

    code, says = "CBC.0151", _("Access denied.")


class WrongSite(Forbidden):
    code, says = "CBC.0156", _("The customer does not belong to the website you are now at.")


class WrongDomain(Forbidden):
    """X-Domain-Id names another account than the one that signed."""

    code, says = "CBC.0151", _("Access denied: X-Domain-Id is not the account of the access key.")


class InvalidParameter(Invalid):
    """Range, enumeration, format, length or type."""

    code, says = "CBC.0100", _("Parameter {parameter} is invalid: {reason}")
    parameter: str
    reason: Any


class MissingParameter(Invalid):
    code, says = "CBC.0101", _("Mandatory parameter {parameter} is missing.")
    parameter: str


class UndefinedParameter(Invalid):
    code, says = "CBC.0101", _("Parameter {parameter} is not defined.")
    parameter: str


class MalformedBody(Invalid):
    code, says = "CBC.0100", _("The request body is invalid: {reason}")
    reason: Any


class FlowControlled(TooMany):
    code, says = "CBC.0250", _("Connection request control triggered.")


class InternalError(DomainError):
    """What the caller is told when we failed; the cause is in the log under the request id."""

    status: ClassVar[int] = 500
    code, says = "CBC.0999", _("Internal error. Please contact support with the request id.")
