"""How one operation of the wire API is declared: a function with a request and an answer, and this line above it.

    @operation("POST", "/v3/orders/customer-orders/pay", callers="C", status=204, errors=(WrongState, …))
    def pay_orders(actor: Actor, request: Request) -> None: ...

One file an operation, `<room>/wire/<operation_name>.py`, found by itself. The function's name is the operation's
name in `contract/operations.json`, and the contract tests compare everything declared here with it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_type_hints

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Door
from partner_center.kernel.errors import DomainError
from partner_center.wire.schema import SITES, Answer, Site, WireModel

Method = Literal["GET", "POST", "PUT", "DELETE"]
F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_RATE = 10
"""Requests a second per account, operation and source address (spec/api/auth.md section 7)."""

CALLERS = {
    "P": _("a partner"),
    "D": _("a tier-1 distributor"),
    "C": _("a customer"),
    "M": _("an enterprise master"),
    "A": _("a partner or a customer"),
    "S": _("a customer, or a partner holding its customer's token"),
    "*": _("anybody, known or not"),
    "+": _("anybody known"),
    "O": _("an operator of the installation"),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One declared operation; see `operation()` for the meaning of the fields."""

    name: str
    method: Method
    path: str
    callers: str
    run: Callable[..., Any]
    request: type[WireModel] | None
    response: type[WireModel] | None
    sites: tuple[Site, ...] = SITES
    status: int = 200
    items: tuple[str, ...] = ()
    rate: int = DEFAULT_RATE
    errors: tuple[type[DomainError], ...] = ()
    localised: bool = False
    token_refusal: int = 401
    in_contract: bool = True
    door: Door = "wire"
    needs: str = ""
    raw: bool = False
    shape: re.Pattern[str] | None = field(default=None, compare=False)

    @property
    def summary(self) -> str:
        return (self.run.__doc__ or "").strip().partition("\n")[0]


OPERATIONS: dict[str, Operation] = {}


def operation(
    method: Method,
    path: str,
    *,
    callers: str,
    sites: tuple[Site, ...] = SITES,
    status: int = 200,
    items: tuple[str, ...] = (),
    rate: int = DEFAULT_RATE,
    errors: tuple[type[DomainError], ...] = (),
    localised: bool = False,
    token_refusal: int = 401,
    in_contract: bool = True,
    door: Door = "wire",
    needs: str = "",
    raw: bool = False,
) -> Callable[[F], F]:
    """Declare the operation below.

    callers: one letter of the contract's legend (`CALLERS`); any other caller gets 403 CBC.0151.
    sites: where it exists; callers of the other site get 403 CBC.0156.
    status: of success; 204 when there is no answer.
    items: permission items (BPC_ITEM_…, any one suffices) or customer actions (billing:…, all are needed) of users
        who are not their account's owner.
    rate: requests a second before 429. localised: it documents X-Language, so its default language is Chinese.
    token_refusal: 403 on the pricing operations, whose pages document CBC.0154 so.
    errors: what it may refuse, for the generated documents and the tests.
    in_contract: False for the few that are IAM's and STS's, not the vendor's business API.
    door, needs, raw: see `native.py`; an operation of the vendor's API leaves them alone.
    The function takes the actor and, if it has parameters, `request`, a WireModel; it returns a WireModel or None.
    """
    assert set(callers) <= set(CALLERS) and len(callers) == 1, f"callers {callers!r}"

    def declare(run: F) -> F:
        hints = get_type_hints(run)
        name = run.__name__
        assert name not in OPERATIONS or OPERATIONS[name].run.__module__ == run.__module__, (
            f"two operations {name}"
        )
        OPERATIONS[name] = Operation(
            name=name,
            method=method,
            path=path,
            callers=callers,
            run=run,
            request=hints.get("request"),
            response=hints["return"] if _is_model(hints.get("return")) else None,
            sites=sites,
            status=status,
            items=items,
            rate=rate,
            errors=errors,
            localised=localised,
            token_refusal=token_refusal,
            in_contract=in_contract,
            door=door,
            needs=needs,
            raw=raw,
            shape=_shape(path),
        )
        _index(OPERATIONS[name])
        return run

    return declare


def find(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation at a decoded path, with its path parameters; None when there is none."""
    fixed = _FIXED.get((method, path)) or _FIXED.get((method, path.rstrip("/")))
    if fixed is not None:
        return fixed, {}
    for one in _SHAPED:
        if one.method == method and one.shape is not None:
            match = one.shape.fullmatch(path)
            if match:
                return one, match.groupdict()
    return None


def discover() -> None:
    """Import every `<room>/wire/*.py` and `<room>/native/*.py`. Called once, when the applications are ready."""
    for app in apps.get_app_configs():
        if app.name.startswith("partner_center."):
            _import_modules_of(f"{app.name}.wire")
            _import_modules_of(f"{app.name}.native")


def _import_modules_of(package: str) -> None:
    """Import every module of a package that may be absent."""
    try:
        found = importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        return
    for module in pkgutil.iter_modules(getattr(found, "__path__", ())):
        importlib.import_module(f"{package}.{module.name}")


_FIXED: dict[tuple[str, str], Operation] = {}
_SHAPED: list[Operation] = []


def _index(one: Operation) -> None:
    if one.shape is None:
        _FIXED[one.method, one.path] = one
    else:
        _SHAPED.append(one)


def _shape(path: str) -> re.Pattern[str] | None:
    """A path with {parameters} as a pattern. The last one may hold slashes: they were encoded when they were sent."""
    if "{" not in path:
        return None
    open_end = re.sub(r"\\\{(\w+)\\\}$", r"(?P<\1>.+)", re.escape(path))
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", open_end))


def _is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, WireModel) and hint is not Answer
