"""JSON answers, in the form the client asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tutor.practice.api import negotiation
from tutor.practice.api.context import Context
from tutor.practice.api.encoded import dumps
from tutor.practice.api.forms import Form
from tutor.practice.api.resources import Resource
from tutor.practice.store.errors import StatusError


def json_answer(
    value: Any, code: int = 200, *, content_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> web.Response:
    all_headers = {"Content-Type": content_type, "Cache-Control": "no-cache, private", **(headers or {})}
    text = value if isinstance(value, bytes) else dumps(value)
    return web.Response(body=text + b"\n", status=code, headers=all_headers)


def in_wanted_form(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """JSON with indentation for people (`?pretty`, curl, browsers), or as YAML for whoever asks for that."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        return answer
    if answer.content_type != "application/json" or "Content-Encoding" in answer.headers:
        return answer
    if negotiation.wants_yaml(request.headers.get("Accept", "")):
        import yaml

        answer.body = yaml.safe_dump(json.loads(answer.body), allow_unicode=True, width=10_000).encode()
        answer.headers["Content-Type"] = "application/yaml"
    elif _is_pretty(request):
        answer.body = json.dumps(json.loads(answer.body), indent=2, ensure_ascii=False).encode()
    return answer


def _is_pretty(request: web.Request) -> bool:
    wanted = request.query.get("pretty")
    if wanted is not None:
        return wanted.lower() not in ("false", "0")
    return request.headers.get("User-Agent", "").startswith(("curl", "Wget", "Mozilla/5.0"))


def refusal(error: StatusError, warnings: Sequence[str] = ()) -> web.Response:
    return _warning(json_answer(error.status(), error.code), warnings)


def warning_header(text: str) -> tuple[str, str]:
    """An RFC 7234 warning: (name, value)."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return "Warning", f'299 - "{quoted}"'


def object_answer(
    context: Context,
    request: web.Request,
    resource: Resource,
    obj: dict[str, Any],
    code: int = 200,
    warnings: Sequence[str] = (),
) -> web.Response:
    """One object of the stored version, as the client asked for it."""
    form = Form.of(request, resource)
    return _warning(json_answer(form.one(context.encoded, obj, context.clock.now()), code), warnings)


def _warning(answer: web.Response, warnings: Sequence[str]) -> web.Response:
    for text in warnings:
        answer.headers.add(*warning_header(text))
    return answer
