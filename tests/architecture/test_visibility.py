"""Every row of every room says who may see it, and a stranger sees nothing."""

import pytest
from django.apps import apps

from partner_center.foundation.actor import Actor

OURS = [model for model in apps.get_models() if model.__module__.startswith("partner_center.")]
LISTED = [model for model in OURS if hasattr(model._default_manager, "visible_to")]


@pytest.mark.django_db
@pytest.mark.parametrize("model", LISTED, ids=lambda one: one._meta.label)
def test_nobody_sees_nothing_unless_it_is_public(model):
    public = getattr(model._default_manager.all(), "public", False)
    assert public or not model._default_manager.visible_to(Actor.nobody()).exists()
    rows = model._default_manager.visible_to(Actor.nobody())
    assert public or rows.query.is_empty(), f"{model._meta.label}.visible_to(nobody) must be none()"
