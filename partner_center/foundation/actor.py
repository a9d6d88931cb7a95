"""Who is asking: one frozen value, the first argument of every action, query and `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

from django.db.models import QuerySet

Kind = Literal["staff", "system", "partner", "customer", "nobody"]
Door = Literal["wire", "native", "console", "job", "command", "landing"]

ALL: Final = frozenset({"*"})
"""Every permission: account owners, the system."""

Rows = TypeVar("Rows", bound="QuerySet[Any]")


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller. `kind` decides what is visible, `permissions` what may be done.

    account_id: the account's domain id, which is also the partner's or customer's id.
    account_kind: vendor, distributor, reseller, solution_provider or customer.
    customers: the ids an account manager is limited to; None means no such limit.
    acting_partner_id: set when a partner acts with a token its customer has authorised; `kind` is then "customer".
    language: "en" or "zh-hans", for sentences that go back to this caller.
    """

    kind: Kind
    account_id: str = ""
    account_kind: str = ""
    site: str = "cn"
    user_id: int | None = None
    name: str = ""
    permissions: frozenset[str] = frozenset()
    customers: frozenset[str] | None = None
    acting_partner_id: str = ""
    door: Door = "job"
    request_id: str = ""
    language: str = "en"

    @classmethod
    def system(cls, name: str) -> Actor:
        """The installation itself, at work on a job or a command."""
        return cls(kind="system", name=name, permissions=ALL, door="job")

    @classmethod
    def nobody(cls, **known: Any) -> Actor:
        """Somebody who has not signed in."""
        return cls(kind="nobody", **known)

    @property
    def is_house(self) -> bool:
        """Vendor staff, or the system itself."""
        return self.kind in ("staff", "system")

    def may(self, permission: str) -> bool:
        return "*" in self.permissions or permission in self.permissions

    def narrow(self, rows: Rows, path: str) -> Rows:
        """Keep the rows whose customer, found at `path`, is within this actor's data scope."""
        return rows if self.customers is None else rows.filter(**{f"{path}__in": self.customers})

    def sees_customer(self, customer_id: str) -> bool:
        return self.customers is None or customer_id in self.customers

    def with_permissions(self, permissions: Iterable[str]) -> Actor:
        return replace(self, permissions=frozenset(permissions))
