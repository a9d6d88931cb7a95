"""A lifecycle is one table: states with their words, colours and wire codes, and the steps between them.

    class OrderState(Lifecycle):
        AWAITING_PAYMENT = State("awaiting_payment", _("Awaiting payment"), tone="warning", wire=6)
        CANCELLED = State("cancelled", _("Cancelled"), tone="muted", wire=4, final=True)

        cancel = step(AWAITING_PAYMENT, to=CANCELLED, label=_("Cancel"))

`OrderState.CANCELLED` is a member (its `.value` is stored), `OrderState.cancel` a `Step`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self, overload

Tone = Literal["good", "busy", "warning", "bad", "muted", "plain"]
WireCode = int | str


class State:
    """The face of one state. `wire` is its code in the foreign contract; a `final` state has no way out."""

    __slots__ = ("final", "label", "tone", "value", "wire")

    def __init__(
        self,
        value: str,
        label: Any,
        *,
        tone: Tone = "plain",
        wire: WireCode | None = None,
        final: bool = False,
    ) -> None:
        self.value, self.label, self.tone, self.wire, self.final = value, label, tone, wire, final


@dataclass(frozen=True, slots=True)
class Step:
    """One legal move of a lifecycle: from any of `sources` to `target`."""

    lifecycle: type[Lifecycle]
    name: str
    label: Any
    sources: tuple[Lifecycle, ...]
    target: Lifecycle

    def __str__(self) -> str:
        return self.name


class _Declared:
    """What `step()` leaves in the class body. A descriptor, so that Enum does not take it for a state."""

    def __init__(self, sources: tuple[State, ...], target: State, label: Any) -> None:
        self.sources, self.target, self.label = sources, target, label
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Lifecycle]) -> Step: ...
    @overload
    def __get__(self, instance: Lifecycle, owner: type[Lifecycle]) -> Step: ...
    def __get__(self, instance: Lifecycle | None, owner: type[Lifecycle]) -> Step:
        return Step(
            lifecycle=owner,
            name=self.name,
            label=self.label,
            sources=tuple(owner.with_value(source.value) for source in self.sources),
            target=owner.with_value(self.target.value),
        )


def step(*sources: Any, to: Any, label: Any) -> enum.nonmember[Step]:
    """Declare a move. `sources` and `to` are states of the same class body."""
    declared: Any = _Declared(sources, to, label)
    return declared  # type: ignore[no-any-return] # a descriptor, which Enum leaves alone as it does a nonmember


class Lifecycle(enum.Enum):
    """Base of every lifecycle; see the module's docstring."""

    face: State

    def __new__(cls, face: Any) -> Self:
        member = object.__new__(cls)
        member._value_ = face.value
        member.face = face
        return member

    @property
    def label(self) -> Any:
        """The state's words, translated when they are shown."""
        return self.face.label

    @property
    def tone(self) -> Tone:
        return self.face.tone

    @property
    def wire(self) -> WireCode | None:
        return self.face.wire

    @property
    def final(self) -> bool:
        return self.face.final

    @classmethod
    def with_value(cls, value: str) -> Self:
        """The state stored as `value`. Raises KeyError when there is none."""
        return cls._value2member_map_[value]  # type: ignore[return-value]

    @classmethod
    def steps(cls) -> list[Step]:
        """Every declared move, in order of declaration."""
        return [getattr(cls, name) for name, value in vars(cls).items() if isinstance(value, _Declared)]

    def open_steps(self) -> list[Step]:
        """The moves that leave this state."""
        return [one for one in self.steps() if self in one.sources]

    @classmethod
    def from_wire(cls, code: WireCode) -> Self:
        """The state with this wire code. Raises ValueError for a code that no state has."""
        for state in cls:
            if state.wire == code:
                return state
        raise ValueError(f"{cls.__name__} has no state with wire code {code!r}")

    @classmethod
    def all_from_wire(cls, code: WireCode) -> list[Self]:
        """Every state that answers with this wire code (several may share one)."""
        return [state for state in cls if state.wire == code]

    @classmethod
    def wire_codes(cls) -> Iterator[WireCode]:
        return (state.wire for state in cls if state.wire is not None)

    def __str__(self) -> str:
        return str(self.face.label)
