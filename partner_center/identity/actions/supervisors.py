"""Who directs which account managers (features B2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from partner_center.foundation.action import action
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record
from partner_center.identity.errors import NotASupervisor, NotInSales
from partner_center.identity.models import User, UserState
from partner_center.identity.rules import DIRECTOR, MANAGER


@action("identity.set_supervisor", label=_("Set supervisor"))
def set_supervisor(actor: Actor, *, user: User, supervisor: User | None) -> None:
    """Put an account manager under a supervisor, who then sees its customers; None: under nobody.

    Raises NotInSales, and NotASupervisor for who does not have that role in the same account.
    """
    if not user.roles.filter(preset=MANAGER).exists():
        raise NotInSales(user=user.login)
    if supervisor is not None:
        User.objects.select_for_update(no_key=True).get(
            pk=supervisor.pk
        )  # its role is not taken away meanwhile
        usable = User.objects.filter(
            pk=supervisor.pk, account_id=user.account_id, state=UserState.ENABLED, roles__preset=DIRECTOR
        )
        if supervisor.pk == user.pk or not usable.exists():
            raise NotASupervisor(user=supervisor.login)
    User.objects.filter(pk=user.pk).update(supervisor=supervisor)
    user.supervisor = supervisor
    record(
        actor,
        "user.set_supervisor",
        user,
        about=user.account_id,
        supervisor=supervisor.login if supervisor else "",
    )
