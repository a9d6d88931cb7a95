"""Form pages: one action, one form; a whole page, or the same in a dialog."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partner_center.console.actions import row_argument
from partner_center.console.forms import ActionForm
from partner_center.console.page import Page
from partner_center.console.registry import PAGES
from partner_center.console.secondcheck import code_is_due, second_check
from partner_center.foundation.action import action_of
from partner_center.kernel.errors import DomainError


class FormPage(Page):
    """An action with a form.

    act       the @action; the form's `arguments()` are its keywords; its permission is the page's,
              unless `permission` is given (None: everybody who is signed in)
    form      the ActionForm
    fetch     (actor, *values of the path) → the row it is about; leave it out for something new
    argument  the keyword by which the action takes that row (default: its first)
    button    the words of the submit button (default: the title)
    after     the page to go to: its address is made from the result of the action, or else from the row
    success   the toast
    """

    template = "console/form.html"
    wide = False

    act: ClassVar[Callable[..., Any]]
    form: ClassVar[type[ActionForm]]
    fetch: ClassVar[Callable[..., Any] | None] = None
    argument: ClassVar[str] = ""
    button: ClassVar[Any] = None
    after: ClassVar[str] = ""
    success: ClassVar[Any] = gettext_lazy("Done.")
    multipart: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        if cls.__dict__.get("name") and "permission" not in cls.__dict__ and "act" in cls.__dict__:
            cls.permission = action_of(cls._plain("act")).permission
        super().__init_subclass__(**options)

    @classmethod
    def _plain(cls, name: str) -> Any:
        found = inspect.getattr_static(cls, name)
        return found.__func__ if isinstance(found, staticmethod) else found

    @cached_property
    def subject(self) -> Any:
        """The row the form is about, None for something new."""
        fetch = self._plain("fetch")
        if fetch is None:
            return None
        try:
            return fetch(self.actor, *(self.place[name] for name in self.parameters()))
        except (DomainError, ValueError, OverflowError) as refusal:
            raise Http404(str(refusal)) from refusal

    @property
    def critical(self) -> bool:
        return action_of(self._plain("act")).critical

    @property
    def code_due(self) -> bool:
        return code_is_due(self.actor, self.critical)

    @property
    def button_words(self) -> Any:
        return self.button if self.button is not None else self.title

    def initial(self) -> dict[str, Any]:
        """First values of the form; by default what the query says (?customer=…)."""
        return {name: self.request.GET[name] for name in self.form.base_fields if name in self.request.GET}

    def get(self) -> HttpResponse:
        return self.show(self.form(actor=self.actor, subject=self.subject, initial=self.initial()))

    def post(self) -> HttpResponse:
        data = self.request.POST
        if data.get("send_code"):
            return self._send_code()
        form = self.form(data, self.request.FILES or None, actor=self.actor, subject=self.subject)
        if not form.is_valid():
            return self.show(form)
        try:
            if self.code_due:
                check = second_check()
                assert check is not None
                check.redeem(self.actor, data.get("verification_code", "").strip())
            result = self.run(form)
        except DomainError as refusal:
            return self.show(form, refusal=refusal)
        return self.done(result)

    def run(self, form: ActionForm) -> Any:
        """Call the action. Override only when one form means one of two actions."""
        facts = form.arguments()
        if self.subject is not None:
            facts[self.argument or row_argument(self._plain("act"))] = self.subject
        return self._plain("act")(self.actor, **facts)

    def done(self, result: Any) -> HttpResponse:
        """After the deed: say so, go on. Override to show a result that is seen once."""
        self.toast(self.success)
        return self.go(self.next_address(result))

    def next_address(self, result: Any) -> str:
        page = PAGES.get(self.after or self.parent or "")
        if page is None or not page.open_to(self.actor):
            return PAGES["home"].url()
        if not page.parameters():
            return page.url()
        if set(page.parameters()) <= self.place.keys():
            return page.url(**{name: self.place[name] for name in page.parameters()})
        return page.url_for(result if result is not None else self.subject)

    def show(self, form: ActionForm, *, refusal: Any = None, note: Any = None) -> HttpResponse:
        template = "console/form_dialog.html" if self.wants_dialog else self.template
        return self.render(template, form=form, refusal=refusal, note=note)

    def _send_code(self) -> HttpResponse:
        check = second_check()
        if check is None:
            raise Http404("no codes here")
        typed = {name: self.request.POST.get(name) for name in self.form.base_fields}
        form = self.form(actor=self.actor, subject=self.subject, initial=typed)
        try:
            return self.show(form, note=check.send(self.actor) or _("The code is on its way."))
        except DomainError as refusal:
            return self.show(form, refusal=refusal)
