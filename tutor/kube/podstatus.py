"""kubectl's line of a pod: READY, STATUS, RESTARTS and AGE, computed from the pod alone.

STATUS is neither the phase nor a condition. Source: kubernetes/pkg/printers/internalversion/printers.go, printPod.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.kube.conditions import is_true
from tutor.kube.times import human_duration, unix


@dataclass(frozen=True, slots=True)
class PodRow:
    name: str
    ready: str
    """"1/1"."""
    ready_containers: int
    containers: int
    status: str
    restarts: int
    restarts_text: str
    """"1", or "1 (5s ago)" where the time of the last restart is known."""
    age: str
    image: str
    terminating: bool
    is_ready: bool
    """The Ready condition: what Services and Deployments go by."""
    uid: str


@dataclass(slots=True)
class _Count:
    restarts: int = 0
    restartable_init: int = 0
    ready: int = 0
    last: float = 0.0
    last_init: float = 0.0


def pod_row(pod: Mapping[str, Any], now: float) -> PodRow:
    """The row at `now` (Unix seconds)."""
    spec, status, metadata = pod.get("spec") or {}, pod.get("status") or {}, pod["metadata"]
    containers = spec.get("containers") or []
    restartable = {
        c["name"] for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always" and c.get("name")
    }
    count = _Count()
    reason = status.get("reason") or status.get("phase") or ""
    scheduled = next((c for c in status.get("conditions") or [] if c.get("type") == "PodScheduled"), None)
    if scheduled is not None and scheduled.get("reason") == "SchedulingGated":
        reason = "SchedulingGated"
    initialising, reason = _init_reason(spec, status, restartable, count, reason)
    restarts, last = count.restarts, max(count.last_init, count.last)
    if not initialising or is_true(pod, "Initialized"):
        restarts, last = count.restartable_init, count.last_init
        reason, restarts, last = _container_reason(pod, status, count, reason, restarts, last)
    terminating = bool(metadata.get("deletionTimestamp"))
    if terminating and status.get("reason") == "NodeLost":
        reason = "Unknown"
    elif terminating and status.get("phase") not in ("Failed", "Succeeded"):
        reason = "Terminating"
    text = f"{restarts} ({human_duration(now - last)} ago)" if restarts and last else str(restarts)
    total = len(containers) + len(restartable)
    created = metadata.get("creationTimestamp")
    return PodRow(
        metadata["name"],
        f"{count.ready}/{total}",
        count.ready,
        total,
        reason,
        restarts,
        text,
        human_duration(now - unix(created)) if created else "<unknown>",
        containers[0].get("image", "") if containers else "",
        terminating,
        is_true(pod, "Ready"),
        metadata.get("uid", ""),
    )


def _init_reason(
    spec: Mapping[str, Any], status: Mapping[str, Any], restartable: set[str], count: _Count, reason: str
) -> tuple[bool, str]:
    """(still initialising, reason); stops at the first init container that is not done."""
    for index, entry in enumerate(status.get("initContainerStatuses") or []):
        state = entry.get("state") or {}
        count.restarts += entry.get("restartCount", 0)
        count.last = max(count.last, _finished(entry))
        if entry.get("name") in restartable:
            count.restartable_init += entry.get("restartCount", 0)
            count.last_init = max(count.last_init, _finished(entry))
        terminated, waiting = state.get("terminated"), state.get("waiting") or {}
        if terminated is not None and terminated.get("exitCode", 0) == 0:
            continue
        if entry.get("name") in restartable and entry.get("started"):
            count.ready += bool(entry.get("ready"))
            continue
        if terminated is not None:
            return True, f"Init:{_ended(terminated)}"
        if waiting.get("reason") and waiting["reason"] != "PodInitializing":
            return True, f"Init:{waiting['reason']}"
        return True, f"Init:{index}/{len(spec.get('initContainers') or [])}"
    return False, reason


def _container_reason(
    pod: Mapping[str, Any], status: Mapping[str, Any], count: _Count, reason: str, restarts: int, last: float
) -> tuple[str, int, float]:
    """From the last container to the first, so that the first one's reason stands."""
    running = False
    for entry in reversed(status.get("containerStatuses") or []):
        state = entry.get("state") or {}
        restarts += entry.get("restartCount", 0)
        last = max(last, _finished(entry))
        waiting, terminated = state.get("waiting") or {}, state.get("terminated")
        if waiting.get("reason"):
            reason = waiting["reason"]
        elif terminated is not None:
            reason = _ended(terminated)
        elif entry.get("ready") and state.get("running") is not None:
            running = True
            count.ready += 1
    if reason == "Completed" and running:
        reason = "Running" if is_true(pod, "Ready") else "NotReady"
    return reason, restarts, last


def _ended(terminated: Mapping[str, Any]) -> str:
    if terminated.get("reason"):
        return str(terminated["reason"])
    signal = terminated.get("signal", 0)
    return f"Signal:{signal}" if signal else f"ExitCode:{terminated.get('exitCode', 0)}"


def _finished(entry: Mapping[str, Any]) -> float:
    ended = ((entry.get("lastState") or {}).get("terminated") or {}).get("finishedAt")
    return unix(ended) if ended else 0.0
