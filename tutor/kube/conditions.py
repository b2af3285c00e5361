"""Conditions in an object's status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def condition(obj: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """The condition of that type, or None."""
    found = (obj.get("status") or {}).get("conditions") or []
    return next((entry for entry in found if entry.get("type") == kind), None)


def is_true(obj: Mapping[str, Any], kind: str) -> bool:
    entry = condition(obj, kind)
    return entry is not None and entry.get("status") == "True"
