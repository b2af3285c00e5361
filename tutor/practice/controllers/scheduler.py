"""Gives pods their node, or says why none fits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from tutor.kube.conditions import condition
from tutor.kube.times import Clock, format_unix
from tutor.practice.controllers import scheduler_plan
from tutor.practice.controllers.controller import Key, key_of
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

SCHEDULER = "default-scheduler"
# A pod that does not fit is tried again this often even where nothing changes.
RETRY_SECONDS = 300.0


class SchedulingRecorder(Protocol):
    def scheduling(self, obj: Object, event_type: str, reason: str, message: str, action: str) -> None: ...


class Scheduler:
    name = "scheduler"

    def __init__(self, store: Store, clock: Clock, recorder: SchedulingRecorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder
        self._tried: dict[str, str] = {}
        """uid of a pod that did not fit → the text that was recorded last."""

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "Pod":
            if event.type == "DELETED" or event.object.get("status", {}).get("phase") in ("Succeeded", "Failed"):
                self._tried.pop(event.object["metadata"]["uid"], None)
                return self._waiting()
            changed = event.old is None or event.old["spec"] != event.object["spec"]
            return [key_of(event.object)] if changed and _waits(event.object) else ()
        if event.kind == "Node" and (event.old is None or _differs(event.old, event.object)):
            return self._waiting()
        return ()

    def _waiting(self) -> list[Key]:
        return [key_of(pod) for pod in self._store.list("Pod") if _waits(pod)]

    def all_keys(self) -> Iterable[Key]:
        return self._waiting()

    def reconcile(self, key: Key) -> float | None:
        pod = self._store.get("Pod", *key)
        if pod is None or not _waits(pod) or pod["metadata"].get("deletionTimestamp"):
            return None
        if pod["spec"].get("schedulingGates"):
            self._refuse(pod, "SchedulingGated", scheduler_plan.GATED)
            return None
        node = next(iter(self._store.list("Node")), None)
        problem = scheduler_plan.why_not(pod, node, self._store.list("Pod"))
        if problem or node is None:
            self._recorder.scheduling(pod, "Warning", "FailedScheduling", problem, "Scheduling")
            self._refuse(pod, "Unschedulable", problem)
            return RETRY_SECONDS
        self._bind(pod, node["metadata"]["name"])
        return None

    def _bind(self, pod: Object, node: str) -> None:
        spec = {**pod["spec"], "nodeName": node}
        now = format_unix(self._clock.now())
        entry = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
        entry["observedGeneration"] = pod["metadata"].get("generation", 1)
        bound = self._store.bind({**pod, "spec": spec, "status": _with(pod, entry)})
        namespace, name = key_of(bound)
        text = f"Successfully assigned {namespace}/{name} to {node}"
        self._recorder.scheduling(bound, "Normal", "Scheduled", text, "Binding")

    def _refuse(self, pod: Object, reason: str, message: str) -> None:
        old = condition(pod, "PodScheduled")
        if old is not None and (old.get("reason"), old.get("message")) == (reason, message):
            return
        entry: Object = {
            "type": "PodScheduled",
            "status": "False",
            "reason": reason,
            "message": message,
            "lastProbeTime": None,
            "lastTransitionTime": old["lastTransitionTime"] if old else format_unix(self._clock.now()),
        }
        if reason != "SchedulingGated":
            entry["observedGeneration"] = pod["metadata"].get("generation", 1)
        self._store.update({**pod, "status": _with(pod, entry)}, subresource="status")


def _with(pod: Object, entry: Object) -> Object:
    status = dict(pod.get("status") or {})
    others = [c for c in status.get("conditions") or [] if c["type"] != entry["type"]]
    return {**status, "conditions": [*others, entry]}


def _waits(pod: Object) -> bool:
    spec = pod["spec"]
    phase = (pod.get("status") or {}).get("phase")
    return (
        not spec.get("nodeName")
        and spec.get("schedulerName", SCHEDULER) == SCHEDULER
        and phase not in ("Succeeded", "Failed")
    )


def _differs(old: Object, new: Object) -> bool:
    """In what scheduling depends on; heartbeats are not."""

    def relevant(node: Object) -> tuple[Any, ...]:
        return node["spec"], node["metadata"].get("labels"), (node.get("status") or {}).get("allocatable")

    return relevant(old) != relevant(new)
