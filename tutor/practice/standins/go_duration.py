"""Durations as Go writes them: `1.5s`, `200ms`, `1m30s`, `0`. START_DELAY is given so on every cluster."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


def parse(text: str) -> float:
    """Seconds. Raises: ValueError where Go's time.ParseDuration would refuse the text."""
    rest = text.removeprefix("+").removeprefix("-")
    sign = -1.0 if text.startswith("-") else 1.0
    if rest == "0":
        return 0.0
    total, position = 0.0, 0
    for part in _PART.finditer(rest):
        if part.start() != position:
            break
        total += float(part[1]) * _UNITS[part[2]]
        position = part.end()
    if not rest or position != len(rest):
        raise ValueError(f"invalid duration {text!r}")
    return sign * total
