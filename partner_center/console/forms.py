"""Forms bound to actions: field names are the action's keyword arguments.

class AllocateForm(ActionForm):
    amount = MoneyField(label=_("Amount"))
    memo = forms.CharField(label=_("Note"), required=False, max_length=128)
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partner_center.foundation.actor import Actor
from partner_center.kernel.money import Money

CURRENCY_OF_SITE = {"cn": "CNY", "intl": "USD"}
LARGEST_SUM = Decimal("999999999999.99")


class ActionForm(forms.Form):
    """A Django form that knows who fills it in and, where there is one, about which row.

    actor    who is filling it in
    subject  the row it is about; None on a page that makes something new, a list of rows in a batch
    """

    required_css_class = "required"

    def __init__(self, *args: Any, actor: Actor, subject: Any = None, **options: Any) -> None:
        self.actor, self.subject = actor, subject
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = self.currency()
        self.prepare()

    def prepare(self) -> None:
        """Override to narrow choices to what the actor may see, or to set initial values from the subject."""

    def currency(self) -> str:
        """The currency of the form's sums: the subject's, else that of the actor's site."""
        subject = self.subject[0] if isinstance(self.subject, list) and self.subject else self.subject
        own = getattr(subject, "currency", None)
        if isinstance(own, str) and own:
            return own
        account = getattr(subject, "account", None)
        return getattr(account, "currency", None) or CURRENCY_OF_SITE.get(self.actor.site, "CNY")

    def arguments(self) -> dict[str, Any]:
        """What the action is called with. Override when names or shapes differ."""
        return dict(self.cleaned_data)


class MoneyField(forms.DecimalField):
    """A sum in the form's currency, cleaned to Money. More than two decimals is an error, not a rounding."""

    def __init__(self, *, zero: bool = False, **options: Any) -> None:
        """zero: whether nothing is a sum, too."""
        self.currency = "CNY"
        options.setdefault("max_digits", 15)
        options.setdefault("decimal_places", 2)
        options.setdefault("min_value", Decimal(0) if zero else Decimal("0.01"))
        options.setdefault("max_value", LARGEST_SUM)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        exact = super().clean(value)
        if exact is None:
            return None
        try:
            return Money.of(exact, self.currency)
        except ValueError as error:
            raise ValidationError(
                _("This is not an amount in %(currency)s.") % {"currency": self.currency}
            ) from error

    def prepare_value(self, value: Any) -> Any:
        return value.decimal if isinstance(value, Money) else value


class RowChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows the actor may see: RowChoice(source=Customer.objects.visible_to).

    The choices are loaded for each request; more than `most` rows are not a choice but a page of their own.
    """

    def __init__(self, *, source: Any, **options: Any) -> None:
        self.source = source
        super().__init__(queryset=None, **options)

    def narrow_to(self, actor: Actor) -> None:
        self.queryset = self.source(actor)


class NoForm(ActionForm):
    """A deed without further questions."""
