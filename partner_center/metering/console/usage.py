"""Usage batches with their files, and the quarantine, where rejected records are corrected or discarded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partner_center.console.actions import Batch, RowAction, Together
from partner_center.console.columns import Choice as ChoiceColumn
from partner_center.console.columns import Number, Ref, State, Text, When
from partner_center.console.filters import Choice, Custom, Equal, Search, Since, States, Until
from partner_center.console.forms import ActionForm
from partner_center.console.pages import DetailPage, FormPage, ListPage
from partner_center.console.panels import Facts, ListPanel, Rows, Steps, Trail
from partner_center.console.todos import todo
from partner_center.foundation.actor import Actor
from partner_center.kernel.errors import DomainError
from partner_center.metering import errors
from partner_center.metering.actions import discard_record
from partner_center.metering.actions.intake import resubmit_record
from partner_center.metering.errors import RecordRefused
from partner_center.metering.intake.calls import resubmit
from partner_center.metering.intake.records import FIELDS, MEASURING, reason_of
from partner_center.metering.models import (
    BatchState,
    QuarantinedRecord,
    QuarantineState,
    Source,
    UsageBatch,
    UsageFile,
)

STAFF = ("staff",)
SOURCES = dict(Source.choices)
LABELS = {
    "customer_id": _("Customer ID"),
    "resource_id": _("Resource ID"),
    "cloud_service_type": _("Cloud service"),
    "resource_type": _("Resource type"),
    "resource_spec": _("Specification"),
    "region": _("Region"),
    "usage_type": _("Usage type"),
    "usage_measure_id": _("Measure"),
    "enterprise_project_id": _("Enterprise project"),
    "usage_value": _("Quantity"),
    "begin_time": _("Begin"),
    "end_time": _("End"),
}


def _codes(_actor: Actor) -> Iterable[tuple[str, str]]:
    refused = (
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RecordRefused)
    )
    return sorted((one.code, one.code) for one in refused if one is not RecordRefused)


def _with_waiting(rows: Any, chosen: str, actor: Actor) -> Any:
    waiting = QuarantinedRecord.objects.filter(state=QuarantineState.WAITING).values("batch")
    return rows.filter(pk__in=waiting) if chosen == "waiting" else rows.exclude(pk__in=waiting)


def batch_shown(actor: Actor, key: int) -> UsageBatch:
    """The batch with this key. Raises BatchNotFound."""
    found: UsageBatch | None = (
        UsageBatch.objects.visible_to(actor).select_related("corrects").filter(pk=key).first()
    )
    if found is None:
        raise errors.BatchNotFound(batch_id=str(key))
    return found


def quarantined_shown(actor: Actor, key: int) -> QuarantinedRecord:
    """The quarantined record with this key. Raises QuarantineNotFound."""
    rows = QuarantinedRecord.objects.visible_to(actor).select_related("batch", "resubmitted_in")
    found: QuarantinedRecord | None = rows.filter(pk=key).first()
    if found is None:
        raise errors.QuarantineNotFound(record=key)
    return found


class UsageBatchList(ListPage):
    name, path, title, permission = "usage-batches", "usage-batches/", _("Usage batches"), "metering.view"
    kinds = STAFF
    source = UsageBatch.objects.visible_to
    columns = (
        Text("batch_id", code=True),
        ChoiceColumn("source", words=SOURCES),
        Text("file_name", minor=True),
        State("state"),
        When("received_at"),
        Number("accepted"),
        Number("late"),
        Number("rejected"),
        Ref("corrects", page="usage-batch", needs=("corrects",), minor=True, sort=False),
    )
    filters = (
        Search(into=("batch_id", "file_name")),
        States("state", BatchState),
        Choice("source", offered=Source.choices),
        Custom(
            "quarantine",
            _("Quarantine"),
            offers={"waiting": _("Records wait for a decision"), "clear": _("Nothing waits")},
            narrow=_with_waiting,
        ),
        Since("received_at"),
        Until("received_at"),
    )
    opens = "usage-batch"
    exportable = True
    empty = _("No usage has been received yet.")


class UsageBatchDetail(DetailPage):
    name, path, title, permission, parent = (
        "usage-batch",
        "usage-batches/<int:pk>/",
        _("Usage batch"),
        "metering.view",
        "usage-batches",
    )
    kinds = STAFF
    fetch = batch_shown
    left = (
        Facts(
            Text("batch_id", code=True),
            ChoiceColumn("source", words=SOURCES),
            Text("file_name"),
            State("state"),
            When("received_at"),
            Number("accepted"),
            Number("late"),
            Number("rejected"),
            Ref("corrects", page="usage-batch"),
            Text("sha256", _("SHA-256 of the content"), code=True),
        ),
    )
    right = (
        Rows(
            _("Files"),
            lambda actor, batch: UsageFile.objects.visible_to(actor).filter(batch=batch),
            (
                Text("month"),
                Number("rows"),
                Number("size"),
                Text("path", code=True),
            ),
            model=UsageFile,
            empty=_("No record was accepted."),
        ),
        ListPanel("quarantine", batch="pk"),
    )
    bottom = (Trail(),)


class DiscardForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=255)


class _SendAgain(Together):
    """All chosen records in one new batch, not a batch each."""

    def do_all(self, actor: Actor, rows: Sequence[Any], facts: dict[str, Any]) -> dict[str, Any]:
        waiting = [one for one in rows if _waits(one)]
        refusals: dict[str, Any] = {
            str(one.pk): errors.AlreadyDecided(subject=str(one), state=one.state)
            for one in rows
            if not _waits(one)
        }
        if not waiting:
            return refusals
        try:
            again = resubmit(actor, waiting).quarantined.order_by("index")
        except DomainError as refusal:
            return refusals | {str(one.pk): refusal for one in waiting}
        return refusals | {str(waiting[one.index].pk): reason_of(one) for one in again}


def _waits(record: QuarantinedRecord) -> bool:
    return record.state is QuarantineState.WAITING


DEEDS = (
    RowAction("correct", _("Correct and submit again"), page="correct-record", when=_waits, icon="pencil"),
    RowAction("discard", act=discard_record, form=DiscardForm, tone="danger"),
)


class QuarantineList(ListPage):
    name, path, title, permission = "quarantine", "quarantine/", _("Quarantine"), "metering.view"
    lead = _(
        "Usage records that were not accepted. They count only when they are corrected and submitted again."
    )
    kinds = STAFF
    source = QuarantinedRecord.objects.visible_to
    columns = (
        Ref("batch", page="usage-batch", needs=("batch",)),
        Number("index"),
        State("state"),
        Text("code", code=True),
        Text("reason", _("Reason"), value=reason_of, sort=False),
        Text(
            "resource",
            _("Resource ID"),
            value=lambda row: row.fields.get("resource_id", ""),
            minor=True,
            sort=False,
        ),
        When("created_at", minor=True),
    )
    filters = (
        States("state", QuarantineState),
        Choice("code", offered=_codes),
        Search(into=("batch__batch_id", "line")),
        Since("created_at"),
        Until("created_at"),
        Equal("batch"),
    )
    opens = "quarantined-record"
    row_actions = DEEDS
    batches = (
        _SendAgain("resubmit", _("Submit again"), resubmit_record),
        Batch("discard-all", act=discard_record, form=DiscardForm, tone="danger"),
    )
    exportable = True
    empty = _("Nothing is in quarantine.")


class QuarantinedDetail(DetailPage):
    name, path, title, permission, parent = (
        "quarantined-record",
        "quarantine/<int:pk>/",
        _("Quarantined record"),
        "metering.view",
        "quarantine",
    )
    kinds = STAFF
    fetch = quarantined_shown
    left = (
        Facts(
            Ref("batch", page="usage-batch"),
            Number("index"),
            State("state"),
            Text("code", code=True),
            Text("reason", _("Reason"), value=reason_of),
            When("created_at"),
            When("decided_at"),
            Text("discarded_because"),
            Ref("resubmitted_in", page="usage-batch"),
        ),
        Steps(also=DEEDS),
    )
    right = (
        Rows(
            _("Record"),
            lambda actor, record: [
                {"name": LABELS[name], "value": record.fields.get(name, "")} for name in FIELDS
            ],
            (Text("name", _("Field")), Text("value", _("Value"), code=True)),
        ),
        Facts(Text("line", code=True), title=_("Original line")),
    )
    bottom = (Trail(),)


class CorrectionForm(ActionForm):
    """One field of text for each field of a record, filled with what was read; empty is what the resource says."""

    customer_id = forms.CharField(label=LABELS["customer_id"], max_length=400)
    resource_id = forms.CharField(label=LABELS["resource_id"], max_length=400)
    cloud_service_type = forms.CharField(label=LABELS["cloud_service_type"], max_length=400)
    resource_type = forms.CharField(label=LABELS["resource_type"], max_length=400)
    resource_spec = forms.CharField(label=LABELS["resource_spec"], max_length=400)
    region = forms.CharField(label=LABELS["region"], max_length=400)
    usage_type = forms.CharField(label=LABELS["usage_type"], max_length=400)
    usage_measure_id = forms.CharField(label=LABELS["usage_measure_id"], max_length=20)
    usage_value = forms.CharField(label=LABELS["usage_value"], max_length=64)
    begin_time = forms.CharField(
        label=LABELS["begin_time"], max_length=64, help_text=_("With its zone, such as 2026-03-01T00:00:00Z.")
    )
    end_time = forms.CharField(label=LABELS["end_time"], max_length=64)
    enterprise_project_id = forms.CharField(
        label=LABELS["enterprise_project_id"], max_length=128, required=False
    )

    def prepare(self) -> None:
        for name in FIELDS:
            self.fields[name].initial = self.subject.fields.get(name, "")
            self.fields[name].required = name in ("resource_id", "usage_type", *MEASURING)


class CorrectRecord(FormPage):
    name, path, title, parent = (
        "correct-record",
        "quarantine/<int:pk>/correct/",
        _("Correct and submit again"),
        "quarantine",
    )
    kinds = STAFF
    fetch = quarantined_shown
    form = CorrectionForm
    act = resubmit_record
    button = _("Submit again")
    after = "usage-batch"

    def run(self, form: ActionForm) -> Any:
        """The new batch that the record is submitted in; the refusal, if it is refused again."""
        changes = {
            name: int(value) if name in ("begin_time", "end_time") and value.isdecimal() else value
            for name, value in form.arguments().items()
        }
        return resubmit(self.actor, [self.subject], {self.subject.pk: changes})

    def next_address(self, result: Any) -> str:
        return UsageBatchDetail.url(pk=result.pk)


todo(
    "metering.quarantine",
    _("Usage records in quarantine"),
    page="quarantine",
    query={"state": QuarantineState.WAITING.value},
    count=lambda actor: (
        QuarantinedRecord.objects.visible_to(actor).filter(state=QuarantineState.WAITING).count()
    ),
    kinds=STAFF,
)
