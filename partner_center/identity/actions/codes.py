"""Verification codes are sent, checked and redeemed (spec/api/auth.md section 8).

A wrong attempt must count even though the caller's transaction comes to nothing. So a door *checks* a code before
it calls its action, in a transaction of its own, and the action *redeems* what was checked, once:

    checked = check_code(actor, scene="29", target=mobile, code=request.verification_code)
    create_sub_customer(actor, …, code=checked)         # inside: redeem_code(actor, checked=code)
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action, inside_action
from partner_center.foundation.actor import Actor
from partner_center.foundation.outbox import Channel, send
from partner_center.identity.errors import CodeDead, CodeExpired, CodeWrong, TooManyCodes
from partner_center.identity.models import VerificationCode
from partner_center.kernel import clock

VALID_MINUTES = 10
LONGEST_MINUTES = 60
MINUTES_INSTEAD_OF_TOO_MANY = 5
A_HOUR, A_DAY = 15, 60
ATTEMPTS = 3
DIGITS = 6


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """A code that was typed correctly and has not been redeemed yet."""

    id: int
    scene: str
    target_digest: str


@action("identity.send_code", label=_("Send verification code"))
def send_code(
    actor: Actor,
    *,
    scene: str,
    target: str,
    channel: Channel,
    language: str = "zh-hans",
    minutes: int | None = None,
) -> None:
    """Send a new code to `target`; the one before it, for the same scene, is void.

    minutes: how long it is valid, 10 unless given; more than 60 become 5. Raises TooManyCodes beyond 15 an hour or
    60 a day for one target, whatever the scene.
    """
    life = _life(minutes)
    recipient = _digest("target", target)
    now = clock.now()
    VerificationCode.objects.filter(
        scene=scene, target_digest=recipient, used_at=None, expires_at__gt=now
    ).update(expires_at=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    _keep(scene, recipient, _digest(scene + recipient, code), now + timedelta(minutes=life))
    send(
        channel=channel,
        to=target,
        template="identity.code",
        language=language,
        about=actor.account_id,
        code=code,
        minutes=life,
    )


def check_code(actor: Actor, *, scene: str, target: str, code: str) -> CheckedCode:
    """Compare what was typed with the latest code sent. Called by doors, before their action.

    Raises CodeWrong, CodeExpired, or CodeDead after three wrong attempts. Attempts at once are counted one by one.
    """
    assert not inside_action(), "an attempt counts whatever becomes of the action"
    recipient = _digest("target", target)
    latest = VerificationCode.objects.filter(scene=scene, target_digest=recipient).order_by("-id").first()
    if latest is None or latest.used_at is not None:
        raise CodeWrong()
    if latest.failures >= ATTEMPTS:
        raise CodeDead()
    if latest.expires_at <= clock.now():
        raise CodeExpired()
    counted = VerificationCode.objects.filter(pk=latest.pk, used_at=None, failures__lt=ATTEMPTS)
    if not counted.update(failures=F("failures") + 1):
        raise CodeDead()
    if not constant_time_compare(_digest(scene + recipient, code), latest.code_digest):
        raise CodeWrong()
    VerificationCode.objects.filter(pk=latest.pk).update(failures=F("failures") - 1)
    return CheckedCode(latest.pk, scene, recipient)


@action("identity.redeem_code", label=_("Redeem verification code"))
def redeem_code(actor: Actor, *, checked: CheckedCode) -> None:
    """Use a checked code up, in the transaction of what it permits. Of two at once one gets CodeWrong."""
    rows = VerificationCode.objects.filter(pk=checked.id, used_at=None, expires_at__gt=clock.now())
    if not rows.update(used_at=clock.now()):
        raise CodeWrong()


def _keep(scene: str, recipient: str, digest: str, expires_at: datetime) -> None:
    """Write the next code of a recipient; of two at once the second counts again, and sees the first."""
    for _turn in range(A_HOUR + 1):
        serial = _count(recipient)
        try:
            with transaction.atomic():
                VerificationCode.objects.create(
                    scene=scene,
                    target_digest=recipient,
                    serial=serial,
                    code_digest=digest,
                    expires_at=expires_at,
                )
            return
        except IntegrityError:
            continue
    raise TooManyCodes()


def _count(recipient: str) -> int:
    """The number of the next code. Raises TooManyCodes at the ceilings."""
    now = clock.now()
    sent = VerificationCode.objects.filter(target_digest=recipient)
    if sent.filter(created_at__gt=now - timedelta(hours=1)).count() >= A_HOUR:
        raise TooManyCodes()
    if sent.filter(created_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise TooManyCodes()
    return (sent.aggregate(latest=Max("serial"))["latest"] or 0) + 1


def _life(minutes: int | None) -> int:
    if minutes is None:
        return VALID_MINUTES
    return MINUTES_INSTEAD_OF_TOO_MANY if minutes > LONGEST_MINUTES else minutes


def _digest(purpose: str, value: str) -> str:
    """Keyed, because codes and telephone numbers can be guessed."""
    return salted_hmac(
        f"partner-center/codes/{purpose}", value.strip().lower(), algorithm="sha256"
    ).hexdigest()
