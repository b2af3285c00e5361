"""A small HTTP/1.1 server: what the applications need, no more. Keep-alive, bodies with a length, HTML and JSON."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

from tutor.practice.standins import spring_log

_LARGEST_BODY = 1 << 20
_IDLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are lower case; `path` is decoded, `target` is what the client sent."""

    method: str
    target: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    values: Mapping[str, str] = field(default_factory=dict)
    """The path's parts that the route names, e.g. {"order": "1"}."""

    @property
    def wants_html(self) -> bool:
        return "text/html" in self.headers.get("accept", "")

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}

    def json(self) -> Any:
        """Raises: `BadBody` where the body is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise BadBody(str(error)) from error

    def cookie(self, name: str) -> str:
        for part in self.headers.get("cookie", "").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return ""


class BadBody(ValueError):
    """The body cannot be read: answered with 400."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def json_response(value: Any, status: int = 200) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def html_response(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), "text/html;charset=UTF-8", (("Cache-Control", "no-store"),))


def redirect(location: str, *headers: tuple[str, str]) -> Response:
    return Response(302, headers=(("Location", location), *headers))


def error_response(status: int, path: str, message: str = "") -> Response:
    """Spring Boot's error object."""
    phrase = HTTPStatus(status).phrase
    return json_response({"status": status, "error": phrase, "message": message or phrase, "path": path}, status)


Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """Routes by method and path pattern: `/a/{id}` takes one part, `/a/**` everything below."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Handler] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """`method` is `*` for any."""
        if "{" not in pattern and not pattern.endswith("/**") and method != "*":
            self._exact[method, pattern] = handler
            return
        parts = re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}").replace(r"/\*\*", "(?:/.*)?")
        expression = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", parts) + r"\Z")
        self._patterns.append((method, expression, handler))

    async def answer(self, request: Request) -> Response:
        exact = self._exact.get((request.method, request.path))
        if exact is None and request.method == "HEAD":
            exact = self._exact.get(("GET", request.path))
        if exact is not None:
            return await exact(request)
        for method, expression, handler in self._patterns:
            found = expression.match(request.path)
            if found and method in ("*", request.method):
                given = Request(
                    request.method,
                    request.target,
                    request.path,
                    request.query,
                    request.headers,
                    request.body,
                    found.groupdict(),
                )
                return await handler(given)
        known = any(path == request.path for _, path in self._exact) or any(
            expression.match(request.path) for _, expression, _ in self._patterns
        )
        return error_response(405 if known else 404, request.path)


async def serve_connection(answer: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection until either side is done."""
    try:
        while True:
            async with asyncio.timeout(_IDLE_SECONDS):
                request = await _read_request(reader)
            if request is None:
                return
            try:
                response = await answer(request)
            except BadBody as error:
                response = error_response(400, request.path, str(error))
            # The boundary of a request: whatever it meets is logged with its traceback and answered with 500.
            except Exception as error:
                spring_log.error("o.a.c.c.C.[.[.[/].[dispatcherServlet]", f"{type(error).__name__}: {error}")
                sys.excepthook(type(error), error, error.__traceback__)
                response = error_response(500, request.path, str(error))
            close = request.headers.get("connection", "").lower() == "close"
            writer.write(_render(request, response, close))
            await writer.drain()
            if close:
                return
    except (TimeoutError, ConnectionError):
        # The client went away or fell silent: nothing is left to answer.
        return
    finally:
        writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request_line, *lines = head.split("\r\n")
        method, target, version = request_line.split(" ")
        if not version.startswith("HTTP/1."):
            return None
        headers = {
            name.strip().lower(): value.strip()
            for name, separator, value in (line.partition(":") for line in lines)
            if separator
        }
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= _LARGEST_BODY:
            return None
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        # Not HTTP, or cut off: as Tomcat, close without an answer.
        return None
    path, _, query = target.partition("?")
    return Request(method, target, unquote(path), parse_qs(query), headers, body)


def _render(request: Request, response: Response, close: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}", f"Content-Type: {response.content_type}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines.append(f"Content-Length: {len(response.body)}")
    lines.append(f"Connection: {'close' if close else 'keep-alive'}")
    body = b"" if request.method == "HEAD" else response.body
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
