"""What the API server refuses, as exceptions that carry a metav1.Status.

StatusError
├── BadRequest (400)
├── Forbidden (403)
├── NotFound (404)
├── AlreadyExists (409)
├── Conflict (409)
├── Expired (410)
├── UnsupportedMediaType (415)
└── Invalid (422)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tutor.kube.refs import KINDS


def resource_name(kind: str) -> tuple[str, str]:
    """The group and plural of a kind, as messages name it: ("apps", "deployments"). An unknown kind: ("", kind)."""
    info = KINDS.get(kind)
    return (info.group, info.plural) if info else ("", kind.lower())


def qualified(kind: str) -> str:
    """ "deployments.apps", or "pods" for the core group."""
    group, plural = resource_name(kind)
    return f"{plural}.{group}" if group else plural


class StatusError(Exception):
    """A refusal. `code` is the HTTP status, `reason` the metav1.StatusReason, `details` the metav1.StatusDetails."""

    def __init__(self, code: int, reason: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = None if details is None else dict(details)
        self.list_metadata: dict[str, Any] = {}
        """The Status' own metadata: where an expired list can go on."""

    def status(self) -> dict[str, Any]:
        """The metav1.Status object that answers the request."""
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.list_metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        status["code"] = self.code
        return status


def _details(kind: str, name: str, **more: Any) -> dict[str, Any]:
    group, plural = resource_name(kind)
    details: dict[str, Any] = {"name": name}
    if group:
        details["group"] = group
    return {**details, "kind": plural, **more}


class BadRequest(StatusError):
    def __init__(self, message: str) -> None:
        super().__init__(400, "BadRequest", message)


class Forbidden(StatusError):
    def __init__(self, kind: str, name: str, why: str, causes: Sequence[Mapping[str, Any]] = ()) -> None:
        details = _details(kind, name, **({"causes": list(causes)} if causes else {}))
        super().__init__(403, "Forbidden", f'{qualified(kind)} "{name}" is forbidden: {why}', details)


class NotFound(StatusError):
    def __init__(self, kind: str, name: str) -> None:
        super().__init__(404, "NotFound", f'{qualified(kind)} "{name}" not found', _details(kind, name))


class AlreadyExists(StatusError):
    def __init__(self, kind: str, name: str) -> None:
        message = f'{qualified(kind)} "{name}" already exists'
        super().__init__(409, "AlreadyExists", message, _details(kind, name))


class Conflict(StatusError):
    """The object has changed since it was read; or `why` says what else stands against the write.

    `by_kind`: the message names the kind instead of the resource, as failed preconditions do.
    """

    def __init__(self, kind: str, name: str, why: str | None = None, *, by_kind: bool = False) -> None:
        why = why or "the object has been modified; please apply your changes to the latest version and try again"
        group, plural = resource_name(kind)
        what = kind if by_kind else plural
        message = f'Operation cannot be fulfilled on {f"{what}.{group}" if group else what} "{name}": {why}'
        super().__init__(409, "Conflict", message, {**_details(kind, name), "kind": what})


class Expired(StatusError):
    def __init__(self, message: str) -> None:
        super().__init__(410, "Expired", message)


class UnsupportedMediaType(StatusError):
    def __init__(self, message: str) -> None:
        super().__init__(415, "UnsupportedMediaType", message)


class Invalid(StatusError):
    """`causes` are metav1.StatusCause objects: reason, message and field."""

    def __init__(self, kind: str, name: str, message: str, causes: Sequence[Mapping[str, Any]] = ()) -> None:
        info = KINDS.get(kind)
        details: dict[str, Any] = {"name": name} if name else {}
        if info and info.group:
            details["group"] = info.group
        if kind:
            details["kind"] = kind
        if causes:
            details["causes"] = list(causes)
        super().__init__(422, "Invalid", message, details)
