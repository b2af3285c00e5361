"""The warnings of a request: a client reads them beside the answer, and beside a refusal that comes later."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

_KEY = web.RequestKey("warnings", Sequence[str])


def warn(request: web.Request, warnings: Sequence[str]) -> Sequence[str]:
    """Note them for whatever answer the request gets."""
    request[_KEY] = warnings
    return warnings


def warned(request: web.Request) -> Sequence[str]:
    noted: Sequence[str] = request.get(_KEY, ())
    return noted
