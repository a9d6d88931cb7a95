"""Our own API under /api/v1: what the vendor's lacks. The same frame as an operation, and the same dialect.

    @native("POST", "/orders", callers="A", status=201)
    def place_order(actor: Actor, request: Request) -> Response: ...

One file a call, `<room>/native/<name>.py`, found by itself. A POST may carry an Idempotency-Key: the frame stores
the first answer and gives it again. Every call is described at /api/v1/openapi.json and readable at /api/docs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic.json_schema import models_json_schema

from partner_center.foundation.permissions import permission
from partner_center.kernel.errors import DomainError
from partner_center.wire.operation import CALLERS, DEFAULT_RATE, OPERATIONS, F, Method, Operation, operation
from partner_center.wire.schema import SITES, Site, WireModel

PREFIX = "/api/v1"
_REFERENCE = "#/components/schemas/{model}"


def native(
    method: Method,
    path: str,
    *,
    callers: str = "+",
    sites: tuple[Site, ...] = SITES,
    status: int = 200,
    rate: int = DEFAULT_RATE,
    needs: str = "",
    raw: bool = False,
    errors: tuple[type[DomainError], ...] = (),
) -> Callable[[F], F]:
    """Declare a call of our own API; `path` is below /api/v1.

    callers: as of `operation()`, and O for an operator, + for anybody known. needs: the permission a user must
    hold to read with it (what changes something is guarded by its action). raw: the body is a file; the function takes
    its bytes as `content` beside the request, which has the path's parameters.
    """
    if needs:
        permission(needs)
    return operation(
        method,
        PREFIX + path,
        callers=callers,
        sites=sites,
        status=status,
        rate=rate,
        errors=errors,
        in_contract=False,
        door="native",
        needs=needs,
        raw=raw,
    )


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of every native call."""
    calls = [one for one in OPERATIONS.values() if one.door == "native"]
    models = {model for one in calls for model in (one.request, one.response) if model is not None}
    wanted = sorted(models, key=lambda model: (model.__module__, model.__qualname__))
    named, schemas = models_json_schema([(model, "validation") for model in wanted], ref_template=_REFERENCE)
    references: dict[Any, Any] = {model: schema for (model, _mode), schema in named.items()}
    paths: dict[str, dict[str, Any]] = {}
    for one in sorted(calls, key=lambda call: (call.path, call.method)):
        paths.setdefault(one.path, {})[one.method.lower()] = _described(one, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": _("Partner center: native API"), "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Error": _ERROR},
            "securitySchemes": {
                "signature": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
            },
        },
        "security": [{"signature": []}, {"token": []}],
    }


def show_openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi())


def show_docs(request: HttpRequest) -> HttpResponse:
    """The document as a page, for people."""
    document = openapi()
    calls = [
        {"path": path, "method": method.upper(), **call}
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    ]
    schemas = document["components"]["schemas"]
    return render(request, "wire/docs.html", {"calls": calls, "schemas": schemas.items()})


_FILE = {"type": "string", "format": "binary"}
_ERROR = {
    "type": "object",
    "required": ["error_code", "error_msg"],
    "properties": {
        "error_code": {"type": "string"},
        "error_msg": {"type": "string"},
        "request_id": {"type": "string"},
    },
}


def _described(one: Operation, references: dict[type[WireModel], Any]) -> dict[str, Any]:
    in_path = list(one.shape.groupindex) if one.shape else []
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path
    ]
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": _("For {callers}.").format(callers=CALLERS[one.callers]),
        "responses": {str(one.status): _success(one, references), "default": _failure(one)},
    }
    if one.raw:
        described["requestBody"] = {"content": {"application/octet-stream": {"schema": _FILE}}}
    elif one.request is not None and one.method in ("POST", "PUT"):
        described["requestBody"] = {"content": {"application/json": {"schema": references[one.request]}}}
    elif one.request is not None:
        parameters += [
            {
                "name": key,
                "in": "query",
                "required": one.request.rule(name).required,
                "schema": {"type": "string"},
            }
            for name in one.request.model_fields
            if (key := one.request.key_of(name)) not in in_path
        ]
    if one.method == "POST":
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"}}
        )
    if parameters:
        described["parameters"] = parameters
    return described


def _success(one: Operation, references: dict[type[WireModel], Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _("Success")}
    if one.response is not None:
        answer["content"] = {"application/json": {"schema": references[one.response]}}
    return answer


def _failure(one: Operation) -> dict[str, Any]:
    codes = ", ".join(sorted({error.code for error in one.errors}))
    return {
        "description": _("Refused") + (f": {codes}" if codes else ""),
        "content": {"application/json": {"schema": {"$ref": _REFERENCE.format(model="Error")}}},
    }
