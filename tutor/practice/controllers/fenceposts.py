"""maxSurge and maxUnavailable as numbers of pods. Source: deployment_util.go, ResolveFenceposts."""

from __future__ import annotations

import math
from typing import Any


def resolve(deployment: dict[str, Any]) -> tuple[int, int]:
    """(maxSurge, maxUnavailable): percentages of the replicas, the first rounded up, the second down; never both 0.

    Another strategy than RollingUpdate has neither.
    """
    spec = deployment["spec"]
    strategy = spec.get("strategy") or {}
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return 0, 0
    rolling = strategy.get("rollingUpdate") or {}
    replicas = int(spec.get("replicas", 1))
    surge = scaled(rolling.get("maxSurge", "25%"), replicas, up=True)
    unavailable = scaled(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    if not surge and not unavailable:
        # Two small percentages may both be rounded to nothing; then the rollout could never begin.
        unavailable = 1
    return surge, unavailable


def max_surge(deployment: dict[str, Any]) -> int:
    return resolve(deployment)[0]


def max_unavailable(deployment: dict[str, Any]) -> int:
    """At most all replicas."""
    return min(resolve(deployment)[1], int(deployment["spec"].get("replicas", 1)))


def scaled(value: int | str, total: int, *, up: bool) -> int:
    """3 → 3; "25%" → that part of `total`, rounded."""
    text = str(value)
    if not text.endswith("%"):
        return int(text)
    part = int(text[:-1]) * total / 100
    return math.ceil(part) if up else math.floor(part)
