"""How to declare pages. Everything a room needs is importable from here and from the modules named below.

A room's `console/pages.py` is found by itself; no URL, no view, no template:

    from partner_center.console.actions import Batch, Link, RowAction
    from partner_center.console.columns import Masked, Ref, State, Sum, Text, When
    from partner_center.console.filters import Equal, Search, Since, States, Until
    from partner_center.console.forms import ActionForm, MoneyField
    from partner_center.console.pages import DetailPage, FormPage, ListPage, TemplatePage
    from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail

    class OrderList(ListPage):
        name, path, title, permission = "orders", "orders/", _("Orders"), "orders.view"
        source = Order.objects.visible_to                       # the visibility function itself
        columns = [Text("number", code=True), Ref("customer", needs=("customer",)), State("state"),
                   Sum("payable"), When("created_at", _("Placed"))]
        filters = [Search(into=("number", "customer__name")), States("state", OrderState),
                   Since("created_at"), Until("created_at"), Equal("customer")]
        opens = "order"                                         # rows lead to the detail page "order"
        row_actions = [RowAction("pay", act=pay_order)]         # offered when the state allows and the reader may
        batches = [Batch("cancel", act=cancel_order, tone="danger")]
        links = [Link(page="purchase")]                         # buttons above the list

    class OrderDetail(DetailPage):
        name, path, title, permission, parent = "order", "orders/<str:number>/", _("Order"), "orders.view", "orders"
        fetch = order_for                                       # (actor, number) → row, or a DomainError
        left = [Facts("number", "customer", "state", "payable", "created_at"), Steps(OrderState)]
        right = [Rows(_("Lines"), lambda actor, order: order.lines.all(), ["product", Sum("payable")])]
        bottom = [ListPanel("resources", order="number"), Trail()]

    class Allocate(FormPage):
        name, path, title, parent = "allocate", "customers/<str:pk>/allocate/", _("Allocate"), "customer"
        fetch, act, form = customer_for, allocate_to_customer, AllocateForm     # permission: that of the action

Rules of the frame:

* Path parameters are named after the row's attributes: `OrderDetail.url_for(order)` needs nothing else.
* A column given by its name gets its kind from the model field: MoneyField → Sum, StateField → State …
  `needs` names the relations to select; tests fail when queries grow with the rows.
* `ListPanel("orders", customer="pk")` embeds the list "orders" with its filter `customer` set to `row.pk`;
  the filter must be declared there. In the panel the column of that filter is left out.
* Actions with more keywords than the row need `form=` (an ActionForm whose field names are the keywords) or
  `page=` (the name of a FormPage). Refusals (DomainError) appear in the dialog in the reader's language.
* `@action(critical=True)` asks for a verification code when the reader has switched that on.
* To-dos on the home page: `partner_center.console.todos.todo(...)`; cards: `partner_center.console.cards.Card`.
* Navigation is `console/navigation.py`: add the page's name there.
* Rows that no queryset holds (sums, lines of files) are a `TablePage`: see `console/tables.py`.
* Anything else is a `TemplatePage` with a template that extends "console/page.html".
"""

from partner_center.console.detail import DetailPage
from partner_center.console.formpage import FormPage
from partner_center.console.listing import ListPage
from partner_center.console.page import Page, TemplatePage
from partner_center.console.tables import TablePage

__all__ = ["DetailPage", "FormPage", "ListPage", "Page", "TablePage", "TemplatePage"]
