"""Which pods a ReplicaSet that shrinks gives up first. Pure. Source: controller_utils.go, ActivePodsWithRanks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

from tutor.kube.conditions import condition, is_true
from tutor.kube.times import unix

Object = dict[str, Any]

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def victims(pods: Sequence[Object], count: int, now: float) -> tuple[Object, ...]:
    """The `count` pods whose loss hurts least; `now` in Unix seconds."""

    def compare(one: Object, other: Object) -> int:
        return _compare(one, other, now)

    return tuple(sorted(pods, key=cmp_to_key(compare))[:count])


def _compare(one: Object, other: Object, now: float) -> int:
    """Negative where `one` goes first: unassigned, by phase, not ready, cheaper, ready more recently, restarted more
    often, newer. All pods run on one node, so that their number a node tells none apart."""
    for rank in (_assigned, _phase, _ready, _deletion_cost):
        if difference := rank(one) - rank(other):
            return difference
    if _ready(one) and (decided := _by_age(one, other, _ready_since(one), _ready_since(other), now)):
        return decided
    for kind in ("containerStatuses", "initContainerStatuses"):
        if difference := _restarts(other, kind) - _restarts(one, kind):
            return difference
    created = [str(pod["metadata"]["creationTimestamp"]) for pod in (one, other)]
    return _by_age(one, other, created[0], created[1], now)


def _by_age(one: Object, other: Object, time: str, other_time: str, now: float) -> int:
    """0 only for equal times. Ages are compared by their logarithm, and by the uid where that is equal: so it is not
    always the newest that goes."""
    if time == other_time:
        return 0
    return _log_age(time, now) - _log_age(other_time, now) or (-1 if _uid(one) < _uid(other) else 1)


def _log_age(time: str, now: float) -> int:
    """log2 of the age in nanoseconds, rounded down; -1 for none."""
    seconds = now - unix(time) if time else 0.0
    return int(math.log2(seconds * 1e9)) if seconds > 0 else -1


def _uid(pod: Object) -> str:
    return str(pod["metadata"]["uid"])


def _assigned(pod: Object) -> int:
    return 1 if pod["spec"].get("nodeName") else 0


def _phase(pod: Object) -> int:
    return _PHASES.get(str((pod.get("status") or {}).get("phase", "")), 0)


def _ready(pod: Object) -> int:
    return 1 if is_true(pod, "Ready") else 0


def _ready_since(pod: Object) -> str:
    entry = condition(pod, "Ready")
    return str((entry or {}).get("lastTransitionTime") or "")


def _deletion_cost(pod: Object) -> int:
    text = str((pod["metadata"].get("annotations") or {}).get(DELETION_COST, "0"))
    try:
        return int(text)
    except ValueError:
        return 0


def _restarts(pod: Object, kind: str) -> int:
    """The most restarts of one container."""
    return max((int(c.get("restartCount", 0)) for c in (pod.get("status") or {}).get(kind) or []), default=0)
