"""Why a container ends again and again: the telling line of its log, and what in the cluster explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.checks.live.labels_differ import nearest_pod
from tutor.checks.live.workload import endpoints
from tutor.core.manifest import Path
from tutor.core.snapshot import ClusterSnapshot

_TELLING = re.compile(
    r"caused by|cannot|could not|can't|failed|unable|refused|unknownhost|no such host|denied|exception|error|missing|"
    r"invalid|not found|out of memory|outofmemory|panic|fatal",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"cannot connect|refused|unknownhost|no such host|caused by|out ?of ?memory|unknown host", re.IGNORECASE
)
_HOST = re.compile(
    r"(?:tcp://|https?://|lookup |host[: ]+\"?|UnknownHostException:? ?)([a-z0-9][a-z0-9.-]*)", re.IGNORECASE
)
_TIME = re.compile(r"^\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,]+Z?\s*")


@dataclass(frozen=True, slots=True)
class CrashCause:
    message: str
    hint: str
    log_line: str = ""
    field: Path = ()
    """Of the container, where it is to be mended there."""
    service: str = ""
    """The Service whose selector is to be mended, where that is the cause."""


def telling_line(log: str) -> str:
    """The line that names the cause: the last one that speaks of a connection, else of an error, else the last."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for pattern in (_STRONG, _TELLING):
        found = [line for line in lines if pattern.search(line)]
        if found:
            return _TIME.sub("", found[-1])[:200]
    return _TIME.sub("", lines[-1])[:200] if lines else ""


def crash_cause(snapshot: ClusterSnapshot, pod: str, log: str, ended: Mapping[str, Any]) -> CrashCause:
    """`ended` is the terminated state of the container's last run."""
    line = telling_line(log)
    code, reason, said = ended.get("exitCode"), str(ended.get("reason") or ""), str(ended.get("message") or "")
    if reason == "OOMKilled" or "OOM-killed" in said:
        return CrashCause(
            "The container needs more memory than its limit, and was killed for it (OOMKilled).",
            "Raise resources.limits.memory, or remove the limit.",
            line,
            ("resources", "limits", "memory"),
        )
    if reason in ("StartError", "ContainerCannotRun") or code in (126, 127, 128):
        return not_started(said or reason)
    if (probe := newest_event(snapshot, pod, "Unhealthy", "Liveness probe failed")) and newest_event(
        snapshot, pod, "Killing", "liveness probe"
    ):
        return CrashCause(
            f"Kubernetes itself ends it, since its livenessProbe fails: {probe.partition(': ')[2] or probe}",
            "Mend the livenessProbe, or remove it; one that comes too early needs a longer initialDelaySeconds.",
            "",
            ("livenessProbe",),
        )
    host = _HOST.search(line)
    if host is not None and _STRONG.search(line):
        return _unreached(snapshot, host[1].split(".")[0], line)
    if code == 137:
        return CrashCause("It was killed from outside (exit code 137, SIGKILL).", _EVENTS, line)
    if code == 0:
        return CrashCause(
            "The program ended by itself with exit code 0, and a Deployment starts it again.", _LOGS, line
        )
    return CrashCause(f"The program ended with exit code {code}.", _LOGS, line)


def not_started(said: str) -> CrashCause:
    """The container could not even be started; `said` is the chain of errors, the cause at its end."""
    if "OOM-killed" in said:
        return CrashCause(
            "The container cannot be started: its memory limit is too low (OOM-killed).",
            "Raise resources.limits.memory, or remove the limit.",
            "",
            ("resources", "limits", "memory"),
        )
    told = said[said.find("exec:") :] if "exec:" in said else said
    told = told.removesuffix(": unknown")
    return CrashCause(
        f"The container cannot be started: {told[-160:]}",
        "Check command: and args: of the container; without them the image's own program is started.",
        "",
        ("command",),
    )


def newest_event(snapshot: ClusterSnapshot, pod: str, reason: str, words: str = "") -> str:
    """The newest message of that reason about a pod that holds `words`; empty where there is none."""
    found = [
        event
        for event in snapshot.list("Event")
        if event.get("reason") == reason
        and (event.get("involvedObject") or {}).get("name") == pod
        and words in str(event.get("message", ""))
    ]
    found.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    return str(found[-1].get("message", "")) if found else ""


_LOGS = "kubectl logs --previous with the pod's name shows its last words."
_EVENTS = "kubectl describe pod shows the events around it."


def _unreached(snapshot: ClusterSnapshot, name: str, line: str) -> CrashCause:
    message = f'It does not reach "{name}":'
    service = snapshot.get("Service", name)
    if service is None:
        return CrashCause(
            f"{message} there is no Service {name}.",
            f"Apply the file that defines the Service {name}; the pod starts again by itself, after a back-off.",
            line,
        )
    ready, others = endpoints(snapshot, name)
    if ready:
        return CrashCause(
            f"{message} the Service {name} has endpoints now, so the next start should work.",
            "Wait: the pod starts again by itself, after a back-off.",
            line,
        )
    if others:
        return CrashCause(
            f"{message} the pods behind the Service {name} are not ready yet.", "Wait for them first.", line
        )
    selector = (service.get("spec") or {}).get("selector") or {}
    near = nearest_pod(snapshot, selector)
    why = f"selects {near[1]}" if near is not None and near[1] else "selects no pod"
    return CrashCause(
        f"{message} the Service {name} {why}.",
        f"Have the Service {name} select its pods, or apply the Deployment that makes them.",
        line,
        service=name if near is not None else "",
    )
