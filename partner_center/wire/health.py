"""Liveness, readiness and metrics, for whoever runs the machine. They need no credentials and tell no business."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from partner_center.wire import metrics


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its tables are those of this program; otherwise 503."""
    try:
        missing = _expected() - MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if missing:
        return JsonResponse({"status": "unavailable", "database": "migrations missing"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


def show_metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """Every migration of this program, read once."""
    return frozenset(MigrationLoader(None).disk_migrations)
