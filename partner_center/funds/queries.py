"""Questions about money that both doors ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.conf import settings
from django.db.models import BigIntegerField, CharField, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from partner_center.customers.models import AssociationType, Customer
from partner_center.customers.queries import customer_for, scope_of
from partner_center.foundation.actor import Actor
from partner_center.funds import chart, trades
from partner_center.funds.errors import (
    AccountUnknown,
    NoMoneyAccount,
    OnlyADistributor,
    RecordUnknown,
    SpanTooLong,
)
from partner_center.funds.models import (
    AccountChange,
    AccountChangeQuerySet,
    Adjustment,
    Direction,
    Purse,
    Recharge,
)
from partner_center.identity.models import CURRENCY_OF_SITE, Account, AccountKind, Site
from partner_center.kernel import clock
from partner_center.kernel.money import Money
from partner_center.kernel.period import BEIJING, Period, beijing_day
from partner_center.ledger.models import Account as LedgerAccount
from partner_center.ledger.queries import purses_of_many
from partner_center.partners.errors import NoRightOverReseller
from partner_center.partners.models import Partner, PartnerKind
from partner_center.partners.queries import resellers_visible_to

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Balances:
    """What an account owns and owes.

    cash: the balance, designated sums included. credit_used of credit_limit are spent. designated: the part of
    the cash that may be neither spent nor allocated. allocatable = cash - designated. debt: arrears, positive.
    """

    cash: Money
    credit_limit: Money
    credit_used: Money
    designated: Money
    debt: Money

    @property
    def allocatable(self) -> Money:
        """What may be allocated or paid with (可拨款账户余额)."""
        return self.cash - self.designated

    @property
    def credit_left(self) -> Money:
        return self.credit_limit - self.credit_used

    @property
    def total(self) -> Money:
        """Recharge account plus credit account: what could be spent at most."""
        return self.cash + self.credit_left

    @property
    def spendable(self) -> Money:
        return self.allocatable + self.credit_left


def balances_of(account_id: str) -> Balances:
    """The balances of a partner or customer, in the currency of its site. Two statements."""
    site = Account.objects.only("site").get(pk=account_id)
    return balances_of_many([account_id], site.currency)[account_id]


def balances_of_many(account_ids: Iterable[str], currency: str) -> dict[str, Balances]:
    """The balances of many accounts of one site in one statement; those that never had money have zeros."""
    ids = list(account_ids)
    found = purses_of_many(ids, currency)
    return {one: _balances(found.get(one, {}), currency) for one in ids}


def currency_of(actor: Actor) -> str:
    """The currency of the caller's site."""
    return CURRENCY_OF_SITE[actor.site]


def customer_in_scope(actor: Actor, customer_id: str, indirect_partner_id: str | None) -> Customer:
    """A customer of the caller, or of the reseller that a calling distributor names.

    Raises NotACustomerOfThePartner, NoRightOverReseller.
    """
    return customer_for(actor, customer_id, partner_id=scope_of(actor, indirect_partner_id))


def reseller_for(actor: Actor, reseller_id: str, *, held: bool = False) -> Partner:
    """A reseller of the calling distributor; `held`: and it stays so until the transaction ends.

    Raises OnlyADistributor, NoRightOverReseller.
    """
    if actor.kind != "partner" or actor.account_kind != PartnerKind.DISTRIBUTOR:
        raise OnlyADistributor()
    own = Partner.objects.resellers_of(actor.account_id).select_related("account")
    if held:
        own = own.select_for_update(of=("self",), no_key=True)
    reseller = own.filter(pk=reseller_id).first()
    if reseller is None:
        raise NoRightOverReseller(reseller=reseller_id)
    return reseller


def changes_of(
    actor: Actor,
    owner_id: str,
    *,
    purse: Purse,
    period: Period,
    trade_type: str | None = None,
    direction: Direction | None = None,
    about: str | None = None,
) -> AccountChangeQuerySet:
    """The statement of one purse of an account, newest first, in the words of the contract's filters."""
    rows = AccountChange.objects.visible_to(actor).of_owners([owner_id])
    rows = rows.filter(purse=purse, happened_at__gte=period.start, happened_at__lt=period.end)
    if trade_type:
        rows = rows.filter(kind__in=trades.kinds_of_type(trade_type))
    if direction:
        rows = rows.filter(direction=direction)
    if about:
        rows = rows.filter(about=about)
    return rows.select_related("owner", "counterpart")


def through_channels(
    rows: AccountChangeQuerySet, owner_id: str, *, channels: Sequence[str] = (), number: str | None = None
) -> AccountChangeQuerySet:
    """Those that came through one of these payment channels, or under this number of a channel."""
    recharges = Recharge.objects.filter(account_id=owner_id)
    if channels:
        kinds = [kind for channel in channels for kind in trades.kinds_of_channel(channel)]
        online = recharges.filter(channel__in=channels).values("number")
        rows = rows.filter(Q(kind__in=kinds) | Q(kind=trades.RECHARGE, about__in=online))
    if number:
        rows = rows.filter(about__in=recharges.filter(channel_number=number).values("number"))
    return rows


def channels_of(rows: Iterable[AccountChange]) -> dict[str, tuple[str, str]]:
    """Channel and the channel's number of those rows that are recharges, by `about`; one statement."""
    numbers = [row.about for row in rows if row.trade.type == "RECHARGE"]
    if not numbers:
        return {}
    found = Recharge.objects.filter(number__in=numbers).values_list("number", "channel", "channel_number")
    return {number: (channel, channel_number) for number, channel, channel_number in found}


def statement_period(begin: date | None, end: date | None) -> Period:
    """Beijing days from `begin` through `end`; by default a year back, and today. Raises SpanTooLong beyond a year."""
    last = end or clock.now().astimezone(BEIJING).date()
    first = begin or _year_before(last)
    if first > last:
        first = last
    if first < _year_before(last):
        raise SpanTooLong()
    return Period(beijing_day(first).start, beijing_day(last).end)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def customers_with_money(actor: Actor) -> QuerySet[Customer]:
    """Resale customers that have an account balance, with their balances (`money_of`). A distributor's
    resellers' customers are fed by the reseller and are not among them."""
    rows = Customer.objects.visible_to(actor).filter(
        association_type=AssociationType.RESALE, account__site=Site.CN
    )
    if actor.kind == "partner":
        rows = rows.of_partner(actor.account_id)
    return _with_money(rows.select_related("account"))


def customers_in_arrears(actor: Actor) -> QuerySet[Customer]:
    """Those of `customers_with_money` that owe something."""
    return customers_with_money(actor).filter(Q(debt_minor__gt=0))


def resellers_with_money(actor: Actor) -> QuerySet[Partner]:
    """The resellers of a distributor on the China site, with their balances; all of them for the operator."""
    rows = Partner.objects.visible_to(actor).filter(kind=PartnerKind.RESELLER, account__site=Site.CN)
    if not actor.is_house:
        rows = rows.filter(distributor_id=actor.account_id)
    return _with_money(rows.select_related("account"))


def all_resellers_with_money(actor: Actor) -> QuerySet[Partner]:
    """The resellers that the actor may see, of either site, with their balances."""
    return _with_money(resellers_visible_to(actor).select_related("account"))


def accounts_with_money(actor: Actor) -> QuerySet[Account]:
    """Every partner's and customer's account with its balances, as far as the actor sees accounts."""
    return _with_money(Account.objects.visible_to(actor).exclude(kind=AccountKind.VENDOR))


def account_with_money(actor: Actor, account_id: str) -> Account:
    """Raises AccountUnknown."""
    found = accounts_with_money(actor).filter(pk=account_id).first()
    if found is None:
        raise AccountUnknown(account=account_id)
    return found


def with_money(rows: QuerySet[M]) -> QuerySet[M]:
    """Rows of customers, partners or accounts with their balances, for `money_of`."""
    return _with_money(rows)


def money_of(row: Customer | Partner | Account, what: str) -> Money:
    """A balance of a row that one of the queries above has read: cash, designated, allocatable, limit, used, debt."""
    held: dict[str, int] = {purse: getattr(row, f"{purse}_minor") for purse in _PURSES}
    held |= {"allocatable": held["cash"] - held["designated"], "used": held["limit"] - held["credit"]}
    account = row if isinstance(row, Account) else row.account
    return Money(held[what], account.currency)


def adjustment_for(actor: Actor, number: str) -> Adjustment:
    """Raises RecordUnknown."""
    rows = Adjustment.objects.visible_to(actor).select_related("partner", "target")
    return _found(rows.filter(number=number).first(), number)


def recharge_for(actor: Actor, number: str) -> Recharge:
    """Raises RecordUnknown."""
    rows = Recharge.objects.visible_to(actor).select_related("account")
    return _found(rows.filter(number=number).first(), number)


def has_money_account(customer: Customer) -> bool:
    """Whether the customer has an account balance: not as a resale customer of the international site."""
    return not (customer.is_resale and customer.account.site == "intl")


def sandbox_recharge_for(actor: Actor, number: str) -> Recharge:
    """A recharge that is to be paid at the sandbox's own gateway. Raises RecordUnknown."""
    recharge = recharge_for(actor, number)
    if recharge.gateway != "sandbox" or not settings.PAYMENT_GATEWAYS:
        raise RecordUnknown(number=number)
    return recharge


def can_be_fed(customer: Customer) -> bool:
    """Whether a partner can allocate to the customer and reclaim from it."""
    return customer.is_resale and has_money_account(customer)


def require_money_account(customer: Customer) -> None:
    if not has_money_account(customer):
        raise NoMoneyAccount(customer=customer.pk)


def require_money_account_of(account_id: str) -> None:
    """As `require_money_account`, for the customer with this id, if it is one."""
    customer = Customer.objects.select_related("account").filter(pk=account_id).first()
    if customer is not None:
        require_money_account(customer)


def _balances(purses: dict[str, Money], currency: str) -> Balances:
    zero = Money.zero(currency)
    limit = -purses.get(chart.LINE, zero)
    return Balances(
        cash=purses.get(chart.CASH, zero),
        credit_limit=limit,
        credit_used=limit - purses.get(chart.CREDIT, zero),
        designated=purses.get(chart.DESIGNATED, zero),
        debt=-purses.get(chart.DEBT, zero),
    )


_PURSES = {
    "cash": (chart.CASH, 1),
    "credit": (chart.CREDIT, 1),
    "designated": (chart.DESIGNATED, 1),
    "limit": (chart.LINE, -1),
    "debt": (chart.DEBT, -1),
}
"""Purses by the name of their annotation; line and debt lie in the ledger as negative balances."""


def _with_money(rows: QuerySet[M]) -> QuerySet[M]:
    """Each row with `<name>_minor` of `_PURSES`; its primary key is the owner."""
    annotated: QuerySet[M] = rows.annotate(
        **{
            f"{name}_minor": Coalesce(
                Subquery(
                    LedgerAccount.objects.filter(
                        address=Concat(Value(f"{purse}:"), OuterRef("pk"), output_field=CharField())
                    ).values(signed=F("balance_minor") * sign)[:1]
                ),
                0,
                output_field=BigIntegerField(),
            )
            for name, (purse, sign) in _PURSES.items()
        }
    )
    return annotated


def _found(row: T | None, number: str) -> T:
    if row is None:
        raise RecordUnknown(number=number)
    return row
