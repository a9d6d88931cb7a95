"""Somebody of every kind, on both sites, for tests that call every operation."""

from __future__ import annotations

from dataclasses import dataclass

from partner_center.customers.makers import make_customer
from partner_center.funds.makers import make_money
from partner_center.identity.models import Account
from partner_center.partners.makers import make_distributor, make_reseller, make_solution_provider
from partner_center.wire.operation import Operation
from partner_center.wire.schema import Site


@dataclass(frozen=True, slots=True)
class Callers:
    """One account for each letter of the contract's legend, and customers of the partner."""

    partner: Account
    distributor: Account
    customer: Account

    @classmethod
    def of(cls, site: Site) -> Callers:
        partner = make_solution_provider(site=site)
        distributor = make_distributor(site=site)
        make_reseller(distributor)
        make_money(partner, "1000.00")
        customer = make_customer(partner, budget="500" if site == "intl" else "")
        return cls(partner.account, distributor.account, customer.account)

    def for_(self, one: Operation) -> Account:
        """Who may call this operation."""
        return {"P": self.partner, "D": self.distributor, "A": self.partner}.get(one.callers, self.customer)

    def not_for(self, one: Operation) -> Account | None:
        """Who may not; None when partners and customers both may."""
        return {
            "P": self.customer,
            "D": self.partner,
            "C": self.partner,
            "M": self.partner,
            "S": self.partner,
        }.get(one.callers)
