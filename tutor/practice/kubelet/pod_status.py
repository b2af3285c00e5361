"""Pod status from the records of its containers. Pure. Source: kubelet getPhase and status/generate.go, v1.34."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.kube.times import format_unix
from tutor.practice.kubelet.records import ContainerRecord

Condition = dict[str, Any]


@dataclass(slots=True)
class PodRecord:
    """What the kubelet knows of one pod."""

    start_time: str = ""
    address: str = ""
    host_address: str = ""
    sandbox: bool = False
    """The pod has its network: PodReadyToStartContainers."""
    init: list[ContainerRecord] = field(default_factory=list)
    containers: list[ContainerRecord] = field(default_factory=list)
    ended: bool = False
    """The pod was deleted and nothing of it runs any more."""
    final: tuple[str, str, str] | None = None
    """(phase, reason, message) where something else than the containers decides it, e.g. DeadlineExceeded."""

    def all(self) -> list[ContainerRecord]:
        return [*self.init, *self.containers]


def status_of(pod: Mapping[str, Any], record: PodRecord, now: float) -> dict[str, Any]:
    """The whole status. Conditions that did not change keep their lastTransitionTime."""
    old = pod.get("status") or {}
    phase = phase_of(pod, record)
    status: dict[str, Any] = {
        "conditions": _conditions(pod, record, phase, now),
        "hostIP": record.host_address,
        "hostIPs": [{"ip": record.host_address}],
        "observedGeneration": pod["metadata"].get("generation", 1),
        "phase": phase,
        "qosClass": old.get("qosClass") or qos_class(pod["spec"]),
        "startTime": record.start_time,
        "containerStatuses": _container_statuses(pod["spec"].get("containers"), record.containers),
    }
    if record.ended and phase not in ("Succeeded", "Failed"):
        # The status manager's last word, spoken without looking at the conditions again.
        status["phase"] = "Failed"
        if all(init.exit_code == 0 for init in record.init if not init.sidecar):
            status["containerStatuses"] = [_located(entry) for entry in status["containerStatuses"]]
    if record.init:
        status["initContainerStatuses"] = _container_statuses(pod["spec"].get("initContainers"), record.init)
    if record.address:
        status |= {"podIP": record.address, "podIPs": [{"ip": record.address}]}
    if record.final:
        status |= {"reason": record.final[1], "message": record.final[2]}
    return status


def _container_statuses(specs: Any, records: Sequence[ContainerRecord]) -> list[dict[str, Any]]:
    """With what was given to each container of its spec: its mounts, and its resources while it runs (v1.34.2)."""
    by_name: dict[str, Mapping[str, Any]] = {spec["name"]: spec for spec in specs or []}
    statuses = []
    for container in records:
        spec, status = by_name.get(container.name, {}), container.status()
        if mounts := spec.get("volumeMounts"):
            status["volumeMounts"] = [_mount(mount) for mount in mounts]
        if container.is_running:
            status["resources"] = resources = spec.get("resources") or {}
            if requests := resources.get("requests"):
                status["allocatedResources"] = requests
        statuses.append(status)
    return statuses


def _mount(mount: Mapping[str, Any]) -> dict[str, Any]:
    read_only = {"readOnly": True, "recursiveReadOnly": "Disabled"} if mount.get("readOnly") else {}
    return {"mountPath": mount["mountPath"], "name": mount["name"], **read_only}


def _located(status: dict[str, Any]) -> dict[str, Any]:
    """A container of a pod that has ended: one that never ran is said to be lost."""
    if "waiting" not in status["state"]:
        return status
    text = "The container could not be located when the pod was terminated"
    body = {"exitCode": 137, "finishedAt": None, "message": text, "reason": "ContainerStatusUnknown", "startedAt": None}
    return {**status, "state": {"terminated": body}}


def phase_of(pod: Mapping[str, Any], record: PodRecord) -> str:
    if record.final:
        return record.final[0]
    if (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return str(pod["status"]["phase"])
    policy = pod["spec"].get("restartPolicy", "Always")
    pending_init = failed_init = False
    for init in record.init:
        if init.sidecar:
            pending_init |= not init.started
            continue
        if init.exit_code not in (None, 0) and policy == "Never":
            failed_init = True
        elif init.exit_code != 0:
            pending_init = True
    if failed_init:
        return "Failed"
    never_ran = sum(1 for c in record.containers if "waiting" in c.state and not c.last_state)
    if pending_init and not any(c.is_running for c in record.containers):
        return "Pending"
    if never_ran:
        return "Pending"
    if any(c.is_running for c in record.containers):
        return "Running"
    if record.ended:
        return "Succeeded" if all(c.exit_code == 0 for c in record.containers) else "Failed"
    if policy == "Always" or any("waiting" in c.state for c in record.containers):
        return "Running"
    if all(c.exit_code == 0 for c in record.containers):
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def _conditions(pod: Mapping[str, Any], record: PodRecord, phase: str, now: float) -> list[Condition]:
    old = {str(c["type"]): c for c in (pod.get("status") or {}).get("conditions", [])}
    unready = [c.name for c in record.containers if not c.ready]
    done = [c for c in record.init if c.exit_code == 0 or (c.sidecar and c.started)]
    initialized = len(done) == len(record.init)
    waiting = {"status": "False", "reason": "ContainersNotReady"}
    ready: dict[str, str]
    if phase == "Succeeded":
        ready = {"status": "False", "reason": "PodCompleted"}
    elif phase == "Failed":
        ready = {"status": "False", "reason": "PodFailed"}
    elif unready or not initialized:
        ready = {**waiting, "message": f"containers with unready status: [{' '.join(unready)}]"}
    else:
        ready = {"status": "True"}
    init: dict[str, str] = {"status": "True"}
    if not initialized and phase != "Succeeded":
        missing = " ".join(c.name for c in record.init if c not in done)
        init = {
            "status": "False",
            "reason": "ContainersNotInitialized",
            "message": f"containers with incomplete status: [{missing}]",
        }
    if phase == "Succeeded":
        init = {"status": "True", "reason": "PodCompleted"}
    wanted = {
        "PodReadyToStartContainers": {"status": str(record.sandbox)},
        "Initialized": init,
        "Ready": _with_gates(pod, ready, old),
        "ContainersReady": ready,
        "PodScheduled": {"status": "True"},
    }
    conditions = [_condition(kind, body, old.get(kind), pod, now) for kind, body in wanted.items()]
    # Conditions of others, e.g. readiness gates and DisruptionTarget, stay as they are.
    return conditions + [c for kind, c in old.items() if kind not in wanted]


def _with_gates(pod: Mapping[str, Any], ready: dict[str, str], old: Mapping[str, Condition]) -> dict[str, str]:
    gates = [str(gate["conditionType"]) for gate in pod["spec"].get("readinessGates", [])]
    missing = [f'"{gate}"' for gate in gates if old.get(gate, {}).get("status") != "True"]
    if ready["status"] != "True" or not missing:
        return ready
    message = ", ".join(f"corresponding condition of pod readiness gate {gate} does not exist." for gate in missing)
    return {"status": "False", "reason": "ReadinessGatesNotReady", "message": message}


def _condition(kind: str, body: dict[str, str], old: Condition | None, pod: Mapping[str, Any], now: float) -> Condition:
    changed = old is None or old.get("status") != body["status"]
    time = format_unix(now) if changed or old is None else str(old.get("lastTransitionTime", format_unix(now)))
    extra = {key: value for key, value in body.items() if key != "status"}
    return {
        "lastProbeTime": None,
        "lastTransitionTime": time,
        **extra,
        "observedGeneration": pod["metadata"].get("generation", 1),
        "status": body["status"],
        "type": kind,
    }


def qos_class(spec: Mapping[str, Any]) -> str:
    """Guaranteed where every container's cpu and memory limits equal its requests; BestEffort where none has any."""
    containers: Sequence[Mapping[str, Any]] = [*spec.get("initContainers", []), *spec["containers"]]
    amounts = [
        (c.get("resources", {}).get("requests") or {}, c.get("resources", {}).get("limits") or {}) for c in containers
    ]
    named = [(requests.get(name), limits.get(name)) for requests, limits in amounts for name in ("cpu", "memory")]
    if not any(request or limit for request, limit in named):
        return "BestEffort"
    if all(limit and (request is None or request == limit) for request, limit in named):
        return "Guaranteed"
    return "Burstable"
