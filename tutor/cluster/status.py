"""The API server's Status objects as errors, in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tutor.cluster.api import Answer
from tutor.cluster.errors import ClusterError, Expired, Invalid, NotFoundError, Refused, Unauthorised, Unreachable
from tutor.cluster.wire import as_json

_UNKNOWN_FIELD = re.compile(r'(unknown|duplicate) field "([^"]+)"')
_INDEX = re.compile(r"\[(\d+)\]")


def error_of(answer: Answer, doing: str) -> ClusterError:
    """The error behind an answer that is no success. `doing` says what was tried: "reading Pods"."""
    status = as_json(answer.body)
    known: Mapping[str, Any] = status if isinstance(status, Mapping) and status.get("kind") == "Status" else {}
    message = str(known.get("message") or "") or f"The API server answered {answer.status} to {doing}."
    reason = str(known.get("reason") or "")
    if answer.status == 401:
        return Unauthorised(
            "The API server does not accept who the kubeconfig says we are (401 Unauthorized). Sign in again, or start"
            " the cluster anew so that it writes a fresh kubeconfig."
        )
    if answer.status == 410 or reason in ("Expired", "Gone"):
        return Expired(message)
    if answer.status == 404:
        return NotFoundError(message)
    fields = fields_of(known, message)
    if answer.status == 422 or fields:
        return Invalid(message, fields, reason or "Invalid", answer.status)
    if answer.status == 429 or answer.status >= 500:
        said = message if message.endswith((".", "!", "?")) else f"{message}."
        return Unreachable(f"The API server is in trouble ({answer.status}): {said} Wait a little.", "server")
    return Refused(message, reason, answer.status)


def fields_of(status: Mapping[str, Any], message: str) -> list[tuple[str, str]]:
    """(path, message) of each cause. A strict decoder names its fields in the message alone."""
    unknown = [(path, f'{how} field "{path}"') for how, path in _UNKNOWN_FIELD.findall(message)]
    if unknown:
        return unknown
    details = status.get("details")
    causes = details.get("causes") if isinstance(details, Mapping) else None
    return [
        (str(cause["field"]), str(cause.get("message") or cause.get("reason") or ""))
        for cause in causes or []
        if isinstance(cause, Mapping) and cause.get("field")
    ]
