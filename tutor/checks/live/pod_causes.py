"""Why a pod is not ready: one cause in a learner's words."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.checks.input import CheckInput
from tutor.checks.live.crash_causes import crash_cause
from tutor.checks.live.image_causes import image_cause
from tutor.checks.live.workload import containers
from tutor.core.snapshot import ClusterSnapshot, KubeObject
from tutor.kube.conditions import condition
from tutor.kube.podstatus import pod_row
from tutor.kube.probes import effective_probe
from tutor.kube.times import unix

PULL = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"})
CONFIG = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
DOCS = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/"


@dataclass(frozen=True, slots=True)
class Cause:
    message: str
    hint: str
    grave: bool
    """It does not pass by waiting."""
    field: str = ""
    """Field of the container that is to be mended: "image", "readinessProbe" …"""


def pod_cause(given: CheckInput, pod: KubeObject) -> Cause:
    """Why this pod is not ready at the moment."""
    assert given.snapshot is not None
    name = pod["metadata"]["name"]
    scheduled = condition(pod, "PodScheduled")
    if scheduled is not None and scheduled.get("status") == "False":
        said = str(scheduled.get("message") or "no node fits")
        return Cause(f"Pod {name} finds no node: {said}", _scheduling_hint(said), True, "resources")
    status = pod.get("status") or {}
    for entry in (*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])):
        if (cause := _container(given, pod, entry)) is not None:
            return cause
    return _not_ready(given.snapshot, pod, given.now)


def _container(given: CheckInput, pod: KubeObject, entry: KubeObject) -> Cause | None:
    assert given.snapshot is not None
    name, state = pod["metadata"]["name"], entry.get("state") or {}
    waiting = state.get("waiting") or {}
    reason, said = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
    if reason in PULL:
        image = next((c.get("image", "") for c in containers(pod) if c.get("name") == entry.get("name")), "")
        found = image_cause(
            str(image or entry.get("image", "")), reason, said or _event(given.snapshot, name, "Failed")
        )
        return Cause(f"Pod {name} shows {reason}: {found.message}", found.hint, True, "image")
    if reason in CONFIG:
        return Cause(f"Pod {name} shows {reason}: {said}", "Mend what the message names, then apply.", True, "env")
    ended = state.get("terminated") or (entry.get("lastState") or {}).get("terminated")
    if (reason == "CrashLoopBackOff" or state.get("terminated")) and ended:
        crash = crash_cause(given.snapshot, given.observed.logs.get(name, ""), ended)
        shown = pod_row(pod, given.now).status
        line = f' Its log says: "{crash.log_line}"' if crash.log_line else ""
        times = entry.get("restartCount", 0)
        restarted = f" (restarted {times} times)" if times else ""
        return Cause(f"Pod {name} shows {shown}{restarted}. {crash.message}{line}", crash.hint, True)
    if reason:
        since = pod["metadata"].get("creationTimestamp")
        age = given.now - unix(since) if since else 0.0
        hint = "Images are being fetched; the first time that takes a while." if age > 10 else "Wait a moment."
        return Cause(f"Pod {name} shows {reason}, for {max(0.0, age):.0f} s now.", hint, False)
    return None


def _not_ready(snapshot: ClusterSnapshot, pod: KubeObject, now: float) -> Cause:
    name = pod["metadata"]["name"]
    probing = next((c for c in containers(pod) if c.get("readinessProbe")), None)
    if probing is None:
        return Cause(f"Pod {name} is {pod_row(pod, now).status} and not ready yet.", "Wait a moment.", False)
    said = _event(snapshot, name, "Unhealthy")
    try:
        probe = effective_probe(probing["readinessProbe"])
    except ValueError:
        return Cause(f"The readinessProbe of {name} asks nothing.", "Give it httpGet.", True, "readinessProbe")
    ports = [port.get("containerPort") for port in probing.get("ports") or []]
    field = "readinessProbe"
    if "statuscode: 404" in said:
        return Cause(
            f"The readinessProbe of {name} asks for {probe.path}, and the answer is 404: no such page.",
            "Mend path:.",
            True,
            field,
        )
    if "statuscode: 401" in said or "statuscode: 403" in said:
        return Cause(
            f"The readinessProbe of {name} asks for {probe.path}, which wants a login.", "Mend path:.", True, field
        )
    if "HTTP response to HTTPS client" in said:
        return Cause(
            f"The readinessProbe of {name} speaks HTTPS, the application HTTP.", "Remove scheme: HTTPS.", True, field
        )
    if "refused" in said and isinstance(probe.port, int) and ports and probe.port not in ports:
        message = f"The readinessProbe of {name} asks on port {probe.port}, but the container's port is {ports[0]}."
        return Cause(message, "Mend port: of the probe.", True, field)
    if said:
        return Cause(
            f"Pod {name} runs, but is not ready yet: {said}", "The application is starting: wait a moment.", False
        )
    return Cause(
        f"Pod {name} runs, but its readinessProbe has not succeeded yet.",
        f"The first try comes {probe.initial_delay} s after the start, then one every {probe.period} s.",
        False,
    )


def _event(snapshot: ClusterSnapshot, pod: str, reason: str) -> str:
    """The newest message of that reason about a pod."""
    found = [
        event
        for event in snapshot.list("Event")
        if event.get("reason") == reason and (event.get("involvedObject") or {}).get("name") == pod
    ]
    found.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    telling = [e for e in found if "Error: " not in str(e.get("message", ""))] or found
    return str(telling[-1].get("message", "")) if telling else ""


def _scheduling_hint(said: str) -> str:
    if "Insufficient" in said:
        return "The pod asks for more cpu or memory than the node has left: lower resources.requests."
    if "node selector" in said or "affinity" in said:
        return "Remove nodeSelector or affinity from the pod template."
    if "taint" in said:
        return "The node is not well: kubectl describe node tells why."
    return "kubectl describe pod shows the scheduler's events."
