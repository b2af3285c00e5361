"""pods/log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from tutor.kube.schema import Key
from tutor.kube.schema.validation.field_error import FieldError, forbidden, invalid, render_invalid
from tutor.kube.times import parse_time
from tutor.practice.api.context import Context
from tutor.practice.api.reading import existing
from tutor.practice.api.target import Target
from tutor.practice.kubelet import log_request
from tutor.practice.store.errors import BadRequest, Invalid


async def logs(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    """Raises: KubeletError, `BadRequest`."""
    query = request.query
    _check_options(query, target.name)
    pod = existing(context.store, target)
    container = log_request.choose_container(pod, query.get("container", ""))
    if not pod["spec"].get("nodeName"):
        # It runs nowhere yet: there is nothing to read, and that is no error.
        return web.Response(status=204)
    try:
        pieces = context.kubelet.logs(
            target.namespace,
            target.name,
            container,
            previous=query.get("previous") in ("true", "1"),
            tail_lines=_number(query.get("tailLines")),
            since_seconds=_number(query.get("sinceSeconds")),
            since_time=query.get("sinceTime"),
            timestamps=query.get("timestamps") in ("true", "1"),
            limit_bytes=_number(query.get("limitBytes")),
            follow=query.get("follow") in ("true", "1"),
        )
    except ValueError as error:
        raise BadRequest(str(error)) from error
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    await _send(response, pieces, context)
    await response.write_eof()
    return response


def _check_time(text: str) -> None:
    """Raises: `BadRequest`."""
    try:
        parse_time(text)
    except ValueError as error:
        form = "2006-01-02T15:04:05Z07:00"
        raise BadRequest(f'parsing time "{text}" as "{form}": cannot parse "{text}" as "2006"') from error


def _check_options(query: Mapping[str, str], name: str) -> None:
    """Raises: `Invalid` for numbers that ask for nothing, `BadRequest` for what is no number."""
    errors: list[FieldError] = []
    lines = _number(query.get("tailLines"))
    if lines is not None and lines < 0:
        errors.append(invalid(("tailLines",), lines, "must be greater than or equal to 0"))
    for option in ("limitBytes", "sinceSeconds"):
        number = _number(query.get(option))
        if number is not None and number < 1:
            errors.append(invalid((option,), number, "must be greater than 0"))
    since = query.get("sinceTime")
    if since is not None:
        _check_time(since)
        if query.get("sinceSeconds") is not None:
            # Its field is an empty list, and is shown so.
            detail = "at most one of `sinceTime` or `sinceSeconds` may be specified"
            errors.append(forbidden((Key(""),), detail))
    if errors:
        kind = "PodLogOptions"
        raise Invalid(kind, name, render_invalid(kind, name, errors), [error.cause() for error in errors])


async def _send(response: web.StreamResponse, pieces: AsyncIterator[bytes], context: Context) -> None:
    async for piece in pieces:
        await response.write(piece)
        if context.closing.is_set():
            return


def _number(text: str | None) -> int | None:
    """Raises: `BadRequest`."""
    if text is None:
        return None
    if not text.lstrip("-").isdecimal():
        raise BadRequest(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)
