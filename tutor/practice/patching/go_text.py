"""Values as Go prints them in messages."""

from __future__ import annotations

from typing import Any


def go_value(value: Any) -> str:
    """As %v and %+v print what was read from JSON: map[a:1 b:[x y] c:<nil>]."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_value(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_value(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
