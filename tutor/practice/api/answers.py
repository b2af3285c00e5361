"""JSON answers, in the form the client asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from aiohttp import web

from tutor.practice.api import conversion, negotiation
from tutor.practice.api.context import Context
from tutor.practice.api.resources import Resource
from tutor.practice.api.tables.table import Include, partial, table
from tutor.practice.store.errors import BadRequest, StatusError


def dumps(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def json_answer(
    value: Any, code: int = 200, *, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> web.Response:
    all_headers = {"Content-Type": content_type, "Cache-Control": "no-cache, private", **(headers or {})}
    return web.Response(body=value if isinstance(value, bytes) else dumps(value), status=code, headers=all_headers)


def refusal(error: StatusError) -> web.Response:
    return json_answer(error.status(), error.code)


def warning_headers(warnings: Sequence[str]) -> list[tuple[str, str]]:
    """RFC 7234 warnings, one header each."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in warnings)
    return [("Warning", f'299 - "{text}"') for text in quoted]


def include_object(request: web.Request) -> Include:
    given = request.query.get("includeObject") or "Metadata"
    if given not in ("None", "Metadata", "Object"):
        raise BadRequest(f'unrecognized includeObject value: "{given}"')
    return cast(Include, given)


def object_answer(
    context: Context,
    request: web.Request,
    resource: Resource,
    obj: dict[str, Any],
    code: int = 200,
    warnings: Sequence[str] = (),
) -> web.Response:
    """One object of the stored version, as the client asked for it."""
    wanted = negotiation.form(request.headers.get("Accept", ""))
    value: Any
    if wanted == "table":
        metadata = {"resourceVersion": obj["metadata"].get("resourceVersion", "")}
        value = table(resource.kind, [obj], metadata, context.clock.now(), include_object(request))
    elif wanted == "partial":
        value = partial(obj)
    else:
        value = conversion.to_version(obj, resource.api_version)
    answer = json_answer(value, code)
    for name, text in warning_headers(warnings):
        answer.headers.add(name, text)
    return answer
