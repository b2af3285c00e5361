"""From the replicas that the metrics ask for to those that are set: stabilisation, rates, bounds. Pure but for the
history, which is handed in. Source: podautoscaler/horizontal.go, v1.34.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

DOWN_WINDOW_SECONDS = 300.0

Condition = tuple[str, str, str, str]
"""(type, status, reason, message)."""

IN_RANGE = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_FAST_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")


@dataclass(slots=True)
class History:
    """Of one autoscaler. Times are Unix seconds."""

    recommendations: list[tuple[float, int]] = field(default_factory=list)
    ups: list[tuple[float, int]] = field(default_factory=list)
    downs: list[tuple[float, int]] = field(default_factory=list)

    def forget(self, before: float) -> None:
        self.recommendations = [entry for entry in self.recommendations if entry[0] >= before]
        self.ups = [entry for entry in self.ups if entry[0] >= before]
        self.downs = [entry for entry in self.downs if entry[0] >= before]

    def scaled(self, now: float, before: int, after: int) -> None:
        (self.ups if after > before else self.downs).append((now, abs(after - before)))


def limit(
    spec: Mapping[str, Any], current: int, desired: int, history: History, now: float
) -> tuple[int, list[Condition]]:
    """(replicas to set, what the conditions AbleToScale and ScalingLimited say). Adds `desired` to the history."""
    behavior = spec.get("behavior")
    steady, able = _stabilized(behavior, current, desired, history, now)
    history.recommendations.append((now, desired))
    if behavior is None:
        final, reason = _by_default(spec, current, steady)
    else:
        final, reason = _by_policies(spec, behavior, current, steady, history, now)
    limited = ("ScalingLimited", "False" if final == steady else "True", *reason)
    return final, [able, limited]


def _stabilized(
    behavior: Mapping[str, Any] | None, current: int, desired: int, history: History, now: float
) -> tuple[int, Condition]:
    """The highest recommendation of the last five minutes; with behavior, within its two windows."""
    up_seconds, down_seconds = 0.0, DOWN_WINDOW_SECONDS
    if behavior is not None:
        up_seconds = float((behavior.get("scaleUp") or {}).get("stabilizationWindowSeconds") or 0)
        down = (behavior.get("scaleDown") or {}).get("stabilizationWindowSeconds")
        down_seconds = DOWN_WINDOW_SECONDS if down is None else float(down)
    lowest = min([desired, *(n for at, n in history.recommendations if at > now - up_seconds)])
    highest = max([desired, *(n for at, n in history.recommendations if at > now - down_seconds)])
    steady = highest if behavior is None else min(max(current, lowest), highest)
    if steady == desired:
        return steady, ("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
    if behavior is not None and desired >= current:
        text = "recent recommendations were lower than current one, applying the lowest recent recommendation"
        return steady, ("AbleToScale", "True", "ScaleUpStabilized", text)
    text = "recent recommendations were higher than current one, applying the highest recent recommendation"
    return steady, ("AbleToScale", "True", "ScaleDownStabilized", text)


def _minimum(spec: Mapping[str, Any]) -> int:
    return int(1 if spec.get("minReplicas") is None else spec["minReplicas"])


def _by_default(spec: Mapping[str, Any], current: int, desired: int) -> tuple[int, tuple[str, str]]:
    """At most double, or four."""
    minimum, maximum = _minimum(spec), int(spec["maxReplicas"])
    most, reason = maximum, TOO_MANY
    fastest = max(2 * current, 4)
    if maximum > fastest:
        most, reason = fastest, TOO_FAST_UP
    if desired < minimum:
        return minimum, TOO_FEW
    if desired > most:
        return most, reason
    return desired, IN_RANGE


def _by_policies(
    spec: Mapping[str, Any], behavior: Mapping[str, Any], current: int, desired: int, history: History, now: float
) -> tuple[int, tuple[str, str]]:
    minimum, maximum = _minimum(spec), int(spec["maxReplicas"])
    if desired > current:
        fastest = max(current, _rate(behavior.get("scaleUp") or {}, current, history, now, up=True))
        most, reason = (fastest, TOO_FAST_UP) if maximum > fastest else (maximum, TOO_MANY)
        return (most, reason) if desired > most else (desired, IN_RANGE)
    if desired < current:
        slowest = min(current, _rate(behavior.get("scaleDown") or {}, current, history, now, up=False))
        least, reason = (slowest, TOO_FAST_DOWN) if minimum < slowest else (minimum, TOO_FEW)
        return (least, reason) if desired < least else (desired, IN_RANGE)
    return desired, IN_RANGE


_DEFAULT_POLICIES: Mapping[bool, tuple[Mapping[str, Any], ...]] = {
    True: (
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ),
    False: ({"type": "Percent", "value": 100, "periodSeconds": 15},),
}


def _rate(rules: Mapping[str, Any], current: int, history: History, now: float, *, up: bool) -> int:
    """The size that the policies allow now."""
    chosen = rules.get("selectPolicy") or "Max"
    if chosen == "Disabled":
        return current
    sizes = []
    for policy in rules.get("policies") or _DEFAULT_POLICIES[up]:
        since = now - float(policy["periodSeconds"])
        start = current - _changed(history.ups, since) + _changed(history.downs, since)
        value = int(policy["value"])
        step = value if policy["type"] == "Pods" else start * value / 100
        sizes.append(math.ceil(start + step) if up else int(start - step))
    # "Max" is the largest change, "Min" the smallest.
    largest_size = (chosen == "Max") == up
    return max(sizes) if largest_size else min(sizes)


def _changed(changes: Iterable[tuple[float, int]], since: float) -> int:
    return sum(count for at, count in changes if at > since)
