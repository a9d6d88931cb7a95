"""A lifecycle is one table that is read from many sides."""

import pytest

from partner_center.kernel.errors import DomainError, Refused
from partner_center.kernel.lifecycle import Lifecycle, State, step


class Door(Lifecycle):
    OPEN = State("open", "Open", tone="good", wire=1)
    SHUT = State("shut", "Shut", tone="muted", wire=2)
    BRICKED = State("bricked", "Bricked up", tone="bad", wire="3", final=True)

    shut = step(OPEN, to=SHUT, label="Shut")
    open = step(SHUT, to=OPEN, label="Open")
    brick_up = step(OPEN, SHUT, to=BRICKED, label="Brick up")


def test_states_are_members_and_steps_are_not():
    assert [state.value for state in Door] == ["open", "shut", "bricked"]
    assert [one.name for one in Door.steps()] == ["shut", "open", "brick_up"]


def test_a_step_knows_its_ends():
    assert Door.brick_up.sources == (Door.OPEN, Door.SHUT)
    assert Door.brick_up.target is Door.BRICKED
    assert [one.name for one in Door.OPEN.open_steps()] == ["shut", "brick_up"]
    assert Door.BRICKED.open_steps() == []


def test_wire_codes_go_both_ways():
    assert Door.from_wire(2) is Door.SHUT and Door.SHUT.wire == 2
    with pytest.raises(ValueError):
        Door.from_wire(9)


class TooDark(Refused):
    code = "X.1"
    says = "It is {lux} lux in {room}."
    lux: int
    room: str


def test_an_error_says_its_facts_and_refuses_to_forget_one():
    assert str(TooDark(lux=3, room="the hall")) == "It is 3 lux in the hall."
    assert issubclass(TooDark, DomainError) and TooDark(lux=1, room="").status == 400
    with pytest.raises(AssertionError):
        TooDark(lux=3)
