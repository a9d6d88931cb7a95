"""Jobs, drains and their slots, for the operator."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partner_center.console.columns import Number, State, Text, When
from partner_center.console.detail import DetailPage
from partner_center.console.filters import Choice, Search, Since, States
from partner_center.console.listing import ListPage
from partner_center.console.page import TemplatePage
from partner_center.console.panels import Facts, Words
from partner_center.foundation.actor import Actor
from partner_center.foundation.jobs import DRAINS, JOBS
from partner_center.foundation.models import JobCursor, JobRun, JobRunState
from partner_center.foundation.rhythm import Rhythm
from partner_center.kernel import clock
from partner_center.kernel.errors import NotFound

VIEW = "jobs.view"


class Schedule(TemplatePage):
    """All jobs with their rhythm, the last slot and the next one; all drains with what waits."""

    name, path, title, permission, kinds = "job-schedule", "jobs/", _("Jobs"), VIEW, ("staff",)
    lead = _("Work that happens by itself. Each slot of a job is done once; a failed slot is tried again.")
    template = "console/schedule.html"

    def context(self) -> dict[str, Any]:
        now = clock.now()
        cursors = dict(JobCursor.objects.values_list("job", "upto"))
        last: dict[str, JobRun] = {}
        for run in JobRun.objects.visible_to(self.actor).filter(job__in=JOBS).order_by("-id")[:400]:
            last.setdefault(run.job, run)
        return {
            "jobs": [
                {
                    "job": job,
                    "rhythm": rhythm_words(job.rhythm),
                    "upto": cursors.get(name),
                    "next": job.rhythm.next_after(now).moment,
                    "last": last.get(name),
                    "runs": JobRuns.url() + f"?job={name}",
                }
                for name, job in sorted(JOBS.items())
            ],
            "drains": [{"drain": one, "due": one.due()} for _name, one in sorted(DRAINS.items())],
            "explained": translation.get_language() == "en",
        }


def rhythm_words(rhythm: Rhythm) -> str:
    """When a job runs, in the reader's language."""
    if rhythm.minutes == 60:
        return gettext("every hour")
    if rhythm.minutes:
        return gettext("every {minutes} minutes").format(minutes=rhythm.minutes)
    at = f"{rhythm.at:%H:%M} {rhythm.zone}"
    if rhythm.day:
        return gettext("on day {day} of the month at {at}").format(day=rhythm.day, at=at)
    return gettext("every day at {at}").format(at=at)


class JobRuns(ListPage):
    name, path, title, permission, kinds = "job-runs", "jobs/slots/", _("Job slots"), VIEW, ("staff",)
    source = JobRun.objects.visible_to
    columns = (
        Text("job", _("Job"), code=True),
        Text("slot", _("Slot")),
        State("state"),
        When("moment", _("Due")),
        When("started_at", _("Started"), minor=True),
        When("finished_at", _("Finished"), minor=True),
        Number("attempts", _("Attempts"), minor=True),
    )
    filters = (
        Search(into=("job", "slot")),
        States("state", JobRunState),
        Choice("job", _("Job"), offered=lambda actor: [(name, name) for name in sorted(JOBS)]),
        Since("moment", _("Due since")),
    )
    opens = "job-run"

    def tone_of(self, row: JobRun) -> str:
        return "bad" if row.state is JobRunState.FAILED else ""


def run_for(actor: Actor, pk: int) -> JobRun:
    run: JobRun | None = JobRun.objects.visible_to(actor).filter(pk=pk).first()
    if run is None:
        raise NotFound()
    return run


class JobRunDetail(DetailPage):
    name, path, title, permission, kinds = "job-run", "jobs/slots/<int:pk>/", _("Job slot"), VIEW, ("staff",)
    parent = "job-runs"
    fetch = run_for
    left = (Facts("job", "slot", "state", "moment", "started_at", "finished_at", "attempts"),)
    right = (
        Words(_("Result"), lambda actor, run: _pairs(run.result)),
        Words(_("Error"), lambda actor, run: run.error, tone="code"),
    )


def _pairs(result: Any) -> str:
    if not isinstance(result, dict):
        return "" if result is None else str(result)
    return "\n".join(f"{name}: {value}" for name, value in result.items())
