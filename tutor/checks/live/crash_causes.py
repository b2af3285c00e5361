"""Why a container ends again and again: the telling line of its log, and what in the cluster explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.checks.live.labels_differ import nearest_pod
from tutor.checks.live.workload import endpoints
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


def telling_line(log: str) -> str:
    """The line that names the cause: the last one that speaks of a connection, else of an error, else the last."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for pattern in (_STRONG, _TELLING):
        found = [line for line in lines if pattern.search(line)]
        if found:
            return _TIME.sub("", found[-1])[:200]
    return _TIME.sub("", lines[-1])[:200] if lines else ""


def crash_cause(snapshot: ClusterSnapshot, log: str, ended: Mapping[str, Any]) -> CrashCause:
    """`ended` is the terminated state of the container's last run."""
    line = telling_line(log)
    code, reason = ended.get("exitCode"), str(ended.get("reason") or "")
    if reason == "OOMKilled" or code == 137:
        return CrashCause(
            "The container was killed because it needs more memory than its limit (OOMKilled).",
            "Raise resources.limits.memory, or remove the limit.",
            line,
        )
    if reason in ("StartError", "ContainerCannotRun") or code in (126, 127, 128):
        said = str(ended.get("message") or "")
        said = said[said.find("exec:") :] if "exec:" in said else said
        return CrashCause(
            f"The container cannot be started: {said[:160] or reason}",
            "Check command: and args: of the container.",
            line,
        )
    host = _HOST.search(line)
    if host is not None and _STRONG.search(line):
        name = host[1].split(".")[0]
        return CrashCause(f'It does not reach "{name}": {_why_unreached(snapshot, name)}', _HINT, line)
    if code == 0:
        return CrashCause(
            "The program ended by itself with exit code 0, and a Deployment starts it again.", _LOGS, line
        )
    return CrashCause(f"The program ended with exit code {code}.", _LOGS, line)


_HINT = "Apply the missing part; the pod starts again by itself, after a back-off."
_LOGS = "kubectl logs --previous with the pod's name shows its last words."


def _why_unreached(snapshot: ClusterSnapshot, name: str) -> str:
    service = snapshot.get("Service", name)
    if service is None:
        return f"there is no Service {name}."
    ready, others = endpoints(snapshot, name)
    if ready:
        return f"the Service {name} has endpoints now, so the next start should work."
    if others:
        return f"the pods behind the Service {name} are not ready yet."
    selector = (service.get("spec") or {}).get("selector") or {}
    near = nearest_pod(snapshot, selector)
    if near is not None and near[1]:
        return f"the Service {name} selects {near[1]}."
    return f"the Service {name} selects no pod."
