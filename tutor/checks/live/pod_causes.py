"""Why a pod is not ready: one cause in a learner's words."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.checks.input import CheckInput
from tutor.checks.live.crash_causes import crash_cause, newest_event, not_started
from tutor.checks.live.image_causes import image_cause
from tutor.checks.live.workload import containers
from tutor.core.manifest import Path
from tutor.core.snapshot import ClusterSnapshot, KubeObject
from tutor.kube.conditions import condition
from tutor.kube.podstatus import pod_row
from tutor.kube.probes import effective_probe
from tutor.kube.times import unix

PULL = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"})
CONFIG = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
DOCS = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/"


NOT_STARTED = ("exec:", "OOM-killed")
LONG = 60.0
"""Seconds after which a program that does not answer is no longer taken to be starting."""


@dataclass(frozen=True, slots=True)
class Cause:
    message: str
    hint: str
    grave: bool
    """It does not pass by waiting."""
    container: str = ""
    """The container that is to be mended; empty where it is the pod itself."""
    field: Path = ()
    """What is to be mended: a field of the container, else of the pod's spec; empty where no field is at fault."""
    service: str = ""
    """The Service whose selector is to be mended instead."""


def pod_cause(given: CheckInput, pod: KubeObject) -> Cause:
    """Why this pod is not ready at the moment."""
    assert given.snapshot is not None
    name = pod["metadata"]["name"]
    scheduled = condition(pod, "PodScheduled")
    if scheduled is not None and scheduled.get("status") == "False":
        return _unscheduled(name, pod, str(scheduled.get("message") or "no node fits"))
    status = pod.get("status") or {}
    for entry in (*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])):
        if (cause := _container(given, pod, entry)) is not None:
            return cause
    return _not_ready(given.snapshot, pod, given.now)


def _unscheduled(name: str, pod: KubeObject, said: str) -> Cause:
    # What follows speaks of other ways to make room, none of which a learner has.
    told = said.partition(" no new claims")[0].partition(" preemption:")[0].strip()
    message = f"Pod {name} finds no node: {told}"
    if "Insufficient" in said:
        asking = next((c for c in containers(pod) if (c.get("resources") or {}).get("requests")), {})
        hint = "The pod asks for more cpu or memory than the node has left: lower resources.requests."
        return Cause(message, hint, True, str(asking.get("name", "")), ("resources", "requests"))
    if "node selector" in said or "affinity" in said:
        field = "nodeSelector" if (pod.get("spec") or {}).get("nodeSelector") else "affinity"
        return Cause(message, "Remove nodeSelector or affinity from the pod template.", True, "", (field,))
    hint = "The node is not well: kubectl describe node tells why." if "taint" in said else _DESCRIBE
    return Cause(message, hint, True)


_DESCRIBE = "kubectl describe pod shows the scheduler's events."


def _container(given: CheckInput, pod: KubeObject, entry: KubeObject) -> Cause | None:
    assert given.snapshot is not None
    name, own = pod["metadata"]["name"], str(entry.get("name", ""))
    state = entry.get("state") or {}
    waiting = state.get("waiting") or {}
    reason, said = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
    if reason in PULL:
        image = next((c.get("image", "") for c in containers(pod) if c.get("name") == own), "")
        told = said or newest_event(given.snapshot, name, "Failed", "Failed to")
        found = image_cause(str(image or entry.get("image", "")), reason, told)
        return Cause(f"Pod {name} shows {reason}: {found.message}", found.hint, True, own, ("image",))
    if reason in CONFIG:
        return _not_created(name, own, pod, reason, said)
    ended = state.get("terminated") or (entry.get("lastState") or {}).get("terminated")
    if (reason == "CrashLoopBackOff" or state.get("terminated")) and ended:
        crash = crash_cause(given.snapshot, name, given.observed.logs.get(name, ""), ended)
        shown = pod_row(pod, given.now).status
        line = f' Its log says: "{crash.log_line}"' if crash.log_line else ""
        times = entry.get("restartCount", 0)
        restarted = f" (restarted {times} time{'' if times == 1 else 's'})" if times else ""
        message = f"Pod {name} shows {shown}{restarted}. {crash.message}{line}"
        return Cause(message, crash.hint, True, own, crash.field, crash.service)
    if reason:
        since = pod["metadata"].get("creationTimestamp")
        age = given.now - unix(since) if since else 0.0
        hint = "Images are being fetched; the first time that takes a while." if age > 10 else "Wait a moment."
        return Cause(f"Pod {name} shows {reason}, for {max(0.0, age):.0f} s now.", hint, False)
    return None


def _not_created(name: str, own: str, pod: KubeObject, reason: str, said: str) -> Cause:
    if any(words in said for words in NOT_STARTED):
        crash = not_started(said)
        return Cause(f"Pod {name} shows {reason}. {crash.message}", crash.hint, True, own, crash.field)
    container = next((c for c in containers(pod) if c.get("name") == own), {})
    field = next((field for field in ("envFrom", "env") if container.get(field)), "env")
    hint = "Create what is missing, or remove the reference to it." if "not found" in said else "Mend it, then apply."
    return Cause(f"Pod {name} shows {reason}: {said}", hint, True, own, (field,))


def _not_ready(snapshot: ClusterSnapshot, pod: KubeObject, now: float) -> Cause:
    name = pod["metadata"]["name"]
    probing = next((c for c in containers(pod) if c.get("readinessProbe") and not _is_ready(pod, c)), None)
    if probing is None:
        return Cause(f"Pod {name} is {pod_row(pod, now).status} and not ready yet.", "Wait a moment.", False)
    own, said = str(probing.get("name", "")), newest_event(snapshot, name, "Unhealthy", "Readiness probe failed")
    try:
        probe = effective_probe(probing["readinessProbe"])
    except ValueError:
        return Cause(f"The readinessProbe of {name} asks nothing.", "Give it httpGet.", True, own, ("readinessProbe",))
    http: Path = ("readinessProbe", "httpGet")
    asks = f"The readinessProbe of {name} asks for {probe.path}"
    if "statuscode: 404" in said:
        return Cause(f"{asks}, and the answer is 404: no such page.", "Mend path:", True, own, (*http, "path"))
    if "statuscode: 401" in said or "statuscode: 403" in said:
        return Cause(f"{asks}, which wants a login.", "Mend path:", True, own, (*http, "path"))
    if "HTTP response to HTTPS client" in said:
        message = f"The readinessProbe of {name} speaks HTTPS, the application HTTP."
        return Cause(message, "Remove scheme: HTTPS.", True, own, (*http, "scheme"))
    if "refused" in said and (cause := _refused(name, pod, probing, probe.port, now)) is not None:
        return cause
    if said:
        return Cause(
            f"Pod {name} runs, but is not ready yet: {said}", "The application is starting: wait a moment.", False
        )
    return Cause(
        f"Pod {name} runs, but its readinessProbe has not succeeded yet.",
        f"The first try comes {probe.initial_delay} s after the start, then one every {probe.period} s.",
        False,
    )


def _refused(name: str, pod: KubeObject, container: KubeObject, port: int | str | None, now: float) -> Cause | None:
    """Nobody listens on the probe's port: it is another one, or the program is starting."""
    field: Path = ("readinessProbe", "httpGet", "port")
    own = str(container.get("name", ""))
    ports = [entry.get("containerPort") for entry in container.get("ports") or []]
    if isinstance(port, int) and ports and port not in ports:
        message = f"The readinessProbe of {name} asks on port {port}, but the container's port is {ports[0]}."
        return Cause(message, "Mend port: of the probe.", True, own, field)
    status: KubeObject = next(
        (s for s in (pod.get("status") or {}).get("containerStatuses") or [] if s.get("name") == own), {}
    )
    started = ((status.get("state") or {}).get("running") or {}).get("startedAt")
    ran = now - unix(started) if started else 0.0
    if ran < LONG:
        return None
    message = f"Pod {name} runs for {ran:.0f} s, and nobody answers on port {port}, where its readinessProbe asks."
    hint = "Does the program listen on that port? kubectl logs with the pod's name shows how far it came."
    return Cause(message, hint, True, own, field)


def _is_ready(pod: KubeObject, container: KubeObject) -> bool:
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return any(status.get("name") == container.get("name") and status.get("ready") for status in statuses)
