"""Addresses that are not operations: health, metrics, the native API's document. Operations find themselves."""

from __future__ import annotations

from django.urls import path

from partner_center.wire import health, native

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.show_metrics),
    path("api/v1/openapi.json", native.show_openapi),
    path("api/docs", native.show_docs),
]
