"""Answers of the application and failures to get one, told apart by their kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

NO_ENDPOINTS = "no endpoints available"


@dataclass(frozen=True, slots=True)
class Reply:
    """`error` is empty for an answer below 500, else one of: refused, timeout, reset, unreachable, http-5xx, login,
    no-endpoints, cluster-away, refused-by-api-server.
    """

    via: str
    """"nodeport" or "service-proxy"."""
    url: str
    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    detail: str = ""
    latency: float = 0.0
    """Seconds."""
    sent_at: float = 0.0
    """Unix seconds."""

    @property
    def answered(self) -> bool:
        """A program answered, whatever it said."""
        return self.status is not None and self.error not in ("refused", "timeout", "reset", "no-endpoints")

    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def failed(self, error: str, detail: str) -> Reply:
        return replace(self, error=error, detail=detail)

    def describe(self) -> str:
        """For a learner: "500 from http://…: connection refused"."""
        if self.status is None:
            return f"{self.detail or self.error} ({self.url})"
        return f"{self.status} from {self.url}" + (f": {self.detail}" if self.detail else "")


def from_response(response: httpx.Response, url: str, sent_at: float, latency: float) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    error = f"http-{response.status_code}" if response.status_code >= 500 else ""
    detail = told(response.content) if error else ""
    return Reply("nodeport", url, response.status_code, response.content, headers, error, detail, latency, sent_at)


def from_failure(error: Exception, url: str, sent_at: float, latency: float) -> Reply:
    """A request that got no answer."""
    if isinstance(error, httpx.ConnectTimeout):
        kind, detail = "unreachable", "nobody answers at this address"
    elif isinstance(error, httpx.TimeoutException | TimeoutError):
        kind, detail = "timeout", "the answer took too long"
    elif isinstance(error, httpx.ConnectError):
        kind, detail = "refused", "nobody accepts the connection"
        if not any(isinstance(cause, ConnectionRefusedError) for cause in causes(error)):
            kind, detail = "unreachable", "there is no way to this address"
    else:
        kind, detail = "reset", "the connection broke before the answer"
    return Reply("nodeport", url, error=kind, detail=detail, latency=latency, sent_at=sent_at)


def from_answer(
    status: int, body: bytes, headers: Mapping[str, str], url: str, sent_at: float, latency: float
) -> Reply:
    """Through the service proxy, whose own failures are 500, 502 and 503 with the dialler's words."""
    error, detail = "", ""
    if status in (401, 403) and _is_status(body):
        return Reply("service-proxy", url, status, body, headers, "refused-by-api-server", told(body), latency, sent_at)
    if status >= 500 or status == 404:
        detail = told(body)
        proxied = NO_ENDPOINTS in detail or "error trying to reach service" in detail or _is_status(body)
        if not proxied:
            error = f"http-{status}" if status >= 500 else ""
        elif NO_ENDPOINTS in detail or status == 404:
            error = "no-endpoints"
        elif "refused" in detail:
            error = "refused"
        elif "timeout" in detail or "deadline" in detail:
            error = "timeout"
        elif "EOF" in detail or "reset" in detail:
            error = "reset"
        elif "no route" in detail or "unreachable" in detail:
            error = "unreachable"
        else:
            error = f"http-{status}"
    return Reply("service-proxy", url, status, body, headers, error, detail if error else "", latency, sent_at)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and everything that it came from."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from causes(inner)
        error = error.__cause__ or error.__context__


def told(body: bytes) -> str:
    """What an error's body says, at most 200 characters."""
    try:
        data = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace").strip()[:200]
    if isinstance(data, Mapping):
        return str(data.get("message") or data.get("error") or "")[:200]
    return ""


def _is_status(body: bytes) -> bool:
    try:
        data = json.loads(body)
    except ValueError:
        return False
    return isinstance(data, Mapping) and data.get("kind") == "Status" and data.get("apiVersion") == "v1"
