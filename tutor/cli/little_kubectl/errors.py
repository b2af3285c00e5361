"""Why a command ends early, in kubectl's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Failure(Exception):
    """Its text goes to stderr as it is."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def from_status(status: int, body: Any, doing: str = "") -> Failure:
    """What kubectl prints for an answer that is no success.

    `doing`: what it was at, e.g. 'error when creating "x.yaml"'. Source: k8s.io/kubectl/pkg/cmd/util, checkErr.
    """
    known: Mapping[str, Any] = body if isinstance(body, Mapping) and body.get("kind") == "Status" else {}
    message = str(known.get("message") or f"the server answered {status}")
    reason = str(known.get("reason") or "")
    details = known.get("details") if isinstance(known.get("details"), Mapping) else {}
    if reason == "Invalid" and isinstance(details, Mapping):
        return Failure(_invalid(message, details))
    prefix = f"{doing}: " if doing else ""
    if not reason:
        return Failure(f"error: {prefix}{message}")
    return Failure(f"Error from server ({reason}): {prefix}{message}")


def _invalid(message: str, details: Mapping[str, Any]) -> str:
    kind, name = str(details.get("kind") or ""), str(details.get("name") or "")
    causes = [cause for cause in details.get("causes") or [] if isinstance(cause, Mapping)]
    if not kind and not name:
        # As for a field that strict validation does not know.
        parts = [f"{cause.get('field')}: {cause.get('message')}" for cause in causes]
        return "The request is invalid" + (f": {'; '.join(parts)}" if parts else f": {message}")
    head = f'The {kind} "{name}" is invalid'
    parts = [
        f"{cause.get('field')}: {cause.get('message')}" if cause.get("field") else str(cause.get("message"))
        for cause in causes
    ]
    if not parts:
        return head
    if len(parts) == 1:
        return f"{head}: {parts[0]}"
    return f"{head}: \n" + "\n".join(f"* {part}" for part in parts)
