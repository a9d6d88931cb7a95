"""An order's amounts in words."""

from __future__ import annotations

from datetime import timedelta

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from partner_center.foundation.actor import Actor
from partner_center.kernel import clock
from partner_center.orders.models import DISCOUNT_WORDS, Order
from partner_center.orders.states import UNPAID, RefundKind

HOUR = timedelta(hours=1)


def explain(actor: Actor, order: Order) -> SafeString:
    """Why the order costs, or gives back, what it does: one sentence a step."""
    sentences = _refund(order) if order.payable.minor < 0 or not order.is_charge else _charge(order)
    return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences))


def time_left(order: Order) -> str:
    """Days, hours and minutes until the payment deadline; nothing once the order is past payment."""
    if order.state not in UNPAID or order.payment_due_at is None:
        return ""
    left = max(order.payment_due_at - clock.now(), timedelta(0))
    hours, rest = divmod(left - timedelta(days=left.days), HOUR)
    return _("%(days)d days %(hours)d hours %(minutes)d minutes") % {
        "days": left.days,
        "hours": hours,
        "minutes": rest // timedelta(minutes=1),
    }


def _charge(order: Order) -> list[str]:
    said = [_("The list price of its lines is %(official)s.") % {"official": order.official}]
    if order.discount_type and order.discount:
        kind = DISCOUNT_WORDS.get(order.discount_type, order.discount_type)
        said.append(
            _("The discount “%(kind)s” takes %(reduction)s off, which leaves %(payable)s.")
            % {"kind": kind, "reduction": order.discount, "payable": order.payable}
        )
    for one in order.payments.all():
        said.append(
            _("%(amount)s was paid from: %(means)s.")
            % {"amount": one.amount, "means": one.get_means_display()}
        )
    return said


def _refund(order: Order) -> list[str]:
    said = []
    for line in order.refund_lines.all():
        facts = {
            "paid": line.paid,
            "amount": line.amount,
            "order": line.base_order_number,
            "used": line.used_hours,
            "total": line.total_hours,
            "rule": line.get_rule_display(),
        }
        match line.kind:
            case RefundKind.REFUND:
                said.append(
                    _("Of %(paid)s paid with the order %(order)s, %(amount)s came back: %(rule)s.") % facts
                )
            case RefundKind.CONSUMED:
                said.append(
                    _(
                        "%(amount)s of the order %(order)s is used up: %(used)s of %(total)s hours of %(paid)s."
                    )
                    % facts
                )
            case RefundKind.FEE:
                said.append(_("%(amount)s of the order %(order)s is kept as the handling fee.") % facts)
    return said or [_("Nothing comes back.")]
