"""Every lifecycle, without a test of its own: all states reachable, all non-final ones can move, all steps taken."""

import pytest
from django.apps import apps

from partner_center.foundation.fields import StateField
from partner_center.kernel.lifecycle import Lifecycle


def lifecycles() -> list[type[Lifecycle]]:
    found = {
        field.lifecycle
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, StateField)
    }
    return sorted(found, key=lambda lifecycle: lifecycle.__name__)


def entrances(lifecycle: type[Lifecycle]) -> set[Lifecycle]:
    """The first state, and every state that a column or an entry list names as a beginning."""
    return {next(iter(lifecycle))} | {lifecycle(face.value) for face in getattr(lifecycle, "enters", ())}


@pytest.mark.parametrize("lifecycle", lifecycles(), ids=lambda one: one.__name__)
def test_lifecycles_are_sound(lifecycle):
    reached = entrances(lifecycle)
    for _ in lifecycle:
        reached |= {one.target for one in lifecycle.steps() if set(one.sources) & reached}

    assert reached == set(lifecycle), f"unreachable: {[state.value for state in set(lifecycle) - reached]}"
    for state in lifecycle:
        assert bool(state.open_steps()) != state.final, f"{state.value} must either move or end"


@pytest.mark.parametrize("lifecycle", lifecycles(), ids=lambda one: one.__name__)
def test_wire_codes_are_unambiguous_or_declared_shared(lifecycle):
    codes = [state.wire for state in lifecycle if state.wire is not None]
    shared = set(getattr(lifecycle, "shared_wire_codes", ()))
    assert {code for code in codes if codes.count(code) > 1} <= shared
