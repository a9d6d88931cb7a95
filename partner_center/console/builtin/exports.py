"""The list of the reader's exports, with their progress and downloads."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Column, State, Text, When
from partner_center.console.exports import PERMISSION, download
from partner_center.console.filters import States
from partner_center.console.listing import ListPage
from partner_center.console.models import ExportState, ExportTask
from partner_center.console.page import Page
from partner_center.console.registry import PAGES
from partner_center.foundation.actor import Actor
from partner_center.foundation.audit import record


class Progress(Column):
    """Rows written, as a bar while the export runs."""

    def html(self, row: ExportTask, actor: Actor) -> SafeString:
        if not row.active:
            return format_html('<span class="pc-sum">{}</span>', row.rows_done)
        return format_html(
            '<progress class="pc-progress" value="{}" max="100" aria-label="{}"></progress> <small>{} / {}</small>',
            row.percent,
            gettext("Progress"),
            row.rows_done,
            row.rows_total or "…",
        )


class Download(Column):
    """The link to the finished file."""

    def html(self, row: ExportTask, actor: Actor) -> SafeString:
        if row.state is not ExportState.DONE:
            return SafeString("")
        return format_html(
            '<a class="btn btn-sm" href="{}" download>{}</a>', ExportFile.url(pk=row.pk), gettext("Download")
        )


class ExportList(ListPage):
    name, path, title, permission = "exports", "exports/", _("Export records"), PERMISSION
    lead = _(
        "Files of the lists you exported. Personal data in them stays masked; files are deleted after 7 days."
    )
    source = ExportTask.objects.visible_to
    columns = (
        Text("title", _("List"), sort=False),
        Text("format", _("Format")),
        State("state"),
        Progress("rows_done", _("Rows")),
        When("created_at", _("Created")),
        When("finished_at", _("Finished"), minor=True),
        Download("token", "", sort=False),
    )
    filters = (States("state", ExportState),)
    exportable = False
    empty = _("No exports yet. Every list has an export button.")

    @property
    def refresh_every(self) -> str:
        """Look again while something is on its way."""
        return "2s" if any(line.row.active for line in self.lines) else ""


class ExportFile(Page):
    name, path, title, permission, parent = (
        "export-file",
        "exports/<int:pk>/file/",
        _("Download"),
        PERMISSION,
        "exports",
    )

    def get(self) -> HttpResponse:
        task: Any = (
            ExportTask.objects.visible_to(self.actor)
            .filter(pk=self.place["pk"], state=ExportState.DONE)
            .first()
        )
        made_from = PAGES.get(task.page) if task else None
        if task is None or made_from is None or not made_from.open_to(self.actor) or not task.file.exists():
            raise Http404("no such file")
        record(self.actor, "console.export_downloaded", task)
        return download(task)
