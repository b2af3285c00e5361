"""The query parameters of a write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from aiohttp import web

from tutor.practice.store.errors import Invalid

Validation = Literal["Strict", "Warn", "Ignore"]


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """`validation`: what becomes of unknown fields; `manager`: who owns the fields written."""

    dry_run: bool
    validation: Validation
    manager: str
    force: bool = False


def write_options(request: web.Request, kind: str = "CreateOptions", *, applying: bool = False) -> WriteOptions:
    """Raises: `Invalid` for values that the API server does not know."""
    query = request.query
    dry_run = [value for value in query.getall("dryRun", []) if value]
    if any(value != "All" for value in dry_run):
        values = ", ".join(f'"{value}"' for value in dry_run)
        raise _unsupported(kind, "dryRun", f"[{values}]", '"All"')
    validation = query.get("fieldValidation", "") or "Warn"
    if validation not in ("Strict", "Warn", "Ignore"):
        raise _unsupported(kind, "fieldValidation", f'"{validation}"', '"", "Ignore", "Strict", "Warn"')
    manager = query.get("fieldManager", "")
    if applying and not manager:
        cause = {
            "reason": "FieldValueRequired",
            "message": "Required value: is required for apply patch",
            "field": "fieldManager",
        }
        text = f'{kind}.meta.k8s.io "" is invalid: fieldManager: {cause["message"]}'
        raise _options_error(kind, text, cause)
    force = query.get("force", "") in ("true", "1")
    agent = request.headers.get("User-Agent", "").split("/")[0]
    return WriteOptions(bool(dry_run), cast(Validation, validation), manager or agent or "unknown", force)


def _unsupported(kind: str, field: str, value: str, known: str) -> Invalid:
    text = f"Unsupported value: {value}: supported values: {known}"
    cause = {"reason": "FieldValueNotSupported", "message": text, "field": field}
    return _options_error(kind, f'{kind}.meta.k8s.io "" is invalid: {field}: {text}', cause)


def _options_error(kind: str, message: str, cause: Mapping[str, str]) -> Invalid:
    error = Invalid(kind, "", message, [cause])
    error.details = {"group": "meta.k8s.io", "kind": kind, "causes": [dict(cause)]}
    return error
