"""Paths of fields, and how the API server writes them."""

from __future__ import annotations

Path = tuple[str | int, ...]


class Key(str):
    """A part of a path that is the key of a map and no field: written in brackets, `limits[cpu]`."""

    __slots__ = ()


def path_text(path: Path) -> str:
    """("spec", "containers", 0, "image") → `spec.containers[0].image`."""
    text = ""
    for part in path:
        if isinstance(part, int | Key):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
