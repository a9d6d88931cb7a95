"""Verification codes before critical operations (spec/domain/features.md V2), as the console's frame asks for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from partner_center.console.masking import mask
from partner_center.foundation.actor import Actor
from partner_center.identity.actions import check_code, redeem_code, send_code
from partner_center.identity.console.recipients import Recipient, recipient_of
from partner_center.identity.errors import CodeWrong
from partner_center.identity.models import Account, User

SCENE = "console"


class Codes:
    """The switch is the account's; the code goes to whoever signed in: by SMS, or else by mail."""

    def needed(self, actor: Actor) -> bool:
        return Account.objects.filter(
            pk=actor.acting_partner_id or actor.account_id, asks_for_codes=True
        ).exists()

    def send(self, actor: Actor) -> Any:
        """Send a code and say where it went. Raises TooManyCodes."""
        to = self._recipient(actor)
        if to is None:
            return _(
                "There is no mobile number or e-mail address to send a code to: add one to your profile."
            )
        send_code(
            actor.with_permissions({"identity.send_code"}),
            scene=SCENE,
            target=to.target,
            channel=to.channel,
            language=actor.language,
        )
        return _("A code was sent to {recipient}.").format(recipient=mask(to.target, to.mask))

    def redeem(self, actor: Actor, code: str) -> None:
        """Use the code up. Raises CodeWrong, CodeExpired or CodeDead."""
        to = self._recipient(actor)
        if to is None or not code:
            raise CodeWrong()
        checked = check_code(actor, scene=SCENE, target=to.target, code=code)
        redeem_code(actor.with_permissions({"identity.redeem_code"}), checked=checked)

    def _recipient(self, actor: Actor) -> Recipient | None:
        user = User.objects.select_related("account").filter(pk=actor.user_id).first()
        if user is None:
            return None
        return recipient_of(user.mobile, user.email) or recipient_of(user.account.mobile, user.account.email)


codes = Codes()
