"""How many replicas a metric asks for. Pure. Source: podautoscaler/replica_calculator.go, v1.34.

Amounts are thousandths: of a core for cpu, of a byte for memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.kube.conditions import condition
from tutor.kube.quantities import milli
from tutor.kube.times import unix

Object = dict[str, Any]

TOLERANCE = 0.1
CPU_START_SECONDS = 300.0
"""How long after its start a pod's cpu use may be that of its start-up."""
FIRST_READY_SECONDS = 30.0
WINDOW_SECONDS = 15.0
"""What a figure covers."""

Usage = Mapping[str, Mapping[str, int]]
"""Name of a pod → container → amount; a pod without figures is missing."""


class NoFigure(Exception):
    """The metric says nothing; the text is the controller's."""


@dataclass(frozen=True, slots=True)
class Proposal:
    replicas: int
    utilization: int | None
    """Percent of the requests; None for a target that is an amount."""
    average: int
    """Per pod."""


@dataclass(frozen=True, slots=True)
class _Groups:
    ready: int
    measured: dict[str, int]
    unready: tuple[str, ...]
    missing: tuple[str, ...]


def by_utilization(
    pods: Sequence[Object],
    usage: Usage,
    resource: str,
    target: int,
    current: int,
    now: float,
    container: str = "",
) -> Proposal:
    """`target`: percent of the requests. `container`: that one alone. Raises: `NoFigure`."""
    groups = _group(pods, _amounts(pods, usage, resource, container), resource, now)
    requests = {pod["metadata"]["name"]: _requests(pod, resource, container) for pod in pods}
    utilization, average = _utilization(groups.measured, requests)
    ratio = utilization / target
    unready_counts = bool(groups.unready) and ratio > 1
    if not unready_counts and not groups.missing:
        replicas = current if _within(ratio) else math.ceil(ratio * groups.ready)
        return Proposal(replicas, utilization, average)
    figures = dict(groups.measured)
    for name in groups.missing:
        if ratio < 1:
            figures[name] = max(100, target) * requests[name] // 100
        elif ratio > 1:
            figures[name] = 0
    if unready_counts:
        figures |= dict.fromkeys(groups.unready, 0)
    cautious, _ = _utilization(figures, requests)
    return Proposal(_cautious(ratio, cautious / target, len(figures), current), utilization, average)


def by_amount(
    pods: Sequence[Object],
    usage: Usage,
    resource: str,
    target: int,
    current: int,
    now: float,
    container: str = "",
) -> Proposal:
    """`target`: the amount a pod should have on average. Raises: `NoFigure`."""
    groups = _group(pods, _amounts(pods, usage, resource, container), resource, now)
    average = sum(groups.measured.values()) // len(groups.measured)
    ratio = average / target
    unready_counts = bool(groups.unready) and ratio > 1
    if not unready_counts and not groups.missing:
        replicas = current if _within(ratio) else math.ceil(ratio * groups.ready)
        return Proposal(replicas, None, average)
    figures = dict(groups.measured)
    for name in groups.missing:
        if ratio < 1:
            figures[name] = target
        elif ratio > 1:
            figures[name] = 0
    if unready_counts:
        figures |= dict.fromkeys(groups.unready, 0)
    cautious = sum(figures.values()) / len(figures) / target
    return Proposal(_cautious(ratio, cautious, len(figures), current), None, average)


def _within(ratio: float) -> bool:
    return abs(ratio - 1.0) <= TOLERANCE + 1e-9


def _cautious(ratio: float, cautious: float, pods: int, current: int) -> int:
    """With what is not known counted against a change."""
    if _within(cautious) or (ratio < 1 < cautious) or (cautious < 1 < ratio):
        return current
    replicas = math.ceil(cautious * pods)
    if (cautious < 1 and replicas > current) or (cautious > 1 and replicas < current):
        return current
    return replicas


def _amounts(pods: Sequence[Object], usage: Usage, resource: str, container: str) -> dict[str, int]:
    """Pod → amount. Raises: `NoFigure`."""
    if not usage:
        text = "no metrics returned from resource metrics API"
        raise NoFigure(f"unable to get metrics for resource {resource}: {text}")
    if not pods:
        raise NoFigure("no pods returned by selector while calculating replica count")
    result: dict[str, int] = {}
    for name, containers in usage.items():
        if not container:
            result[name] = sum(containers.values())
        elif container in containers:
            result[name] = containers[container]
    return result


def _group(pods: Iterable[Object], amounts: dict[str, int], resource: str, now: float) -> _Groups:
    ready = 0
    measured: dict[str, int] = {}
    unready, missing = [], []
    for pod in pods:
        name, status = pod["metadata"]["name"], pod.get("status") or {}
        if pod["metadata"].get("deletionTimestamp") or status.get("phase") == "Failed":
            continue
        if status.get("phase") == "Pending":
            unready.append(name)
        elif name not in amounts:
            missing.append(name)
        elif resource == "cpu" and _starts(pod, now):
            unready.append(name)
        else:
            ready += 1
            measured[name] = amounts[name]
    if not measured:
        raise NoFigure("did not receive metrics for targeted pods (pods might be unready)")
    return _Groups(ready, measured, tuple(unready), tuple(missing))


def _starts(pod: Object, now: float) -> bool:
    """Its cpu use is that of its start, or it has never been ready."""
    status = pod.get("status") or {}
    ready = condition(pod, "Ready")
    if ready is None or not status.get("startTime"):
        return True
    started, changed = unix(status["startTime"]), unix(ready["lastTransitionTime"])
    if started + CPU_START_SECONDS > now:
        return ready["status"] == "False" or now < changed + WINDOW_SECONDS
    return ready["status"] == "False" and started + FIRST_READY_SECONDS > changed


def _requests(pod: Object, resource: str, container: str) -> int:
    """Raises: `NoFigure` for a container without a request."""
    total = 0
    sidecars = [c for c in pod["spec"].get("initContainers") or [] if c.get("restartPolicy") == "Always"]
    for entry in [*(pod["spec"].get("containers") or []), *sidecars]:
        if container and entry["name"] != container:
            continue
        request = ((entry.get("resources") or {}).get("requests") or {}).get(resource)
        if request is None:
            name = pod["metadata"]["name"]
            raise NoFigure(f"missing request for {resource} in container {entry['name']} of Pod {name}")
        total += milli(request)
    return total


def _utilization(figures: Mapping[str, int], requests: Mapping[str, int]) -> tuple[int, int]:
    """(percent of the requests, average). Raises: `NoFigure`."""
    known = [name for name in figures if name in requests]
    requested = sum(requests[name] for name in known)
    if not requested:
        raise NoFigure("no metrics returned matched known pods")
    used = sum(figures[name] for name in known)
    return used * 100 // requested, used // len(known)
