"""The query parameters of a write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

from aiohttp import web

from tutor.kube.schema.validation.field_error import FieldError, not_supported, required
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
        raise options_invalid(kind, [not_supported(("dryRun",), dry_run, ("All",))])
    validation = query.get("fieldValidation", "") or "Warn"
    if validation not in ("Strict", "Warn", "Ignore"):
        known = ("", "Ignore", "Strict", "Warn")
        raise options_invalid(kind, [not_supported(("fieldValidation",), validation, known)])
    manager = query.get("fieldManager", "")
    if applying and not manager:
        raise options_invalid(kind, [required(("fieldManager",), "is required for apply patch")])
    force = query.get("force", "") in ("true", "1")
    agent = request.headers.get("User-Agent", "").split("/")[0]
    return WriteOptions(bool(dry_run), cast(Validation, validation), manager or agent or "unknown", force)


def options_invalid(kind: str, errors: Sequence[FieldError]) -> Invalid:
    """Options of a request that a real API server refuses. `kind`: "CreateOptions", "ListOptions" …"""
    texts = [f"{error.field}: {error.message}" for error in errors]
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    refusal = Invalid("", "", f'{kind}.meta.k8s.io "" is invalid: {text}')
    refusal.details = {"group": "meta.k8s.io", "kind": kind, "causes": [error.cause() for error in errors]}
    return refusal
