"""JSON merge patches (RFC 7396): null deletes, objects merge, everything else is replaced."""

from __future__ import annotations

from typing import Any


def merge_patch(original: Any, patch: Any) -> Any:
    """A new value."""
    if not isinstance(patch, dict):
        return patch
    result = dict(original) if isinstance(original, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result
