"""Questions to the cluster and the application for a check, answered as values with their reasons."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Protocol

from tutor.cluster.api import Cluster
from tutor.cluster.errors import ClusterError, Invalid, Refused
from tutor.core.manifest import ManifestFile
from tutor.core.observation import DryRun, Reached
from tutor.core.snapshot import ClusterSnapshot

REACHED_BY_RULE = {"gateway-answers": "gateway-page", "login-recorded": "login"}
"""Rule → what has to be reached for it. A rule's parameter `what` names another."""
STOPPED = frozenset({"CrashLoopBackOff", "Error", "Completed"})
MOST_LOGS = 5
"""Logs that are read for one evaluation."""
Logs = dict[str, tuple[Hashable, str]]
"""Pod → the state of its container, and the log that was read in that state."""


class Reach(Protocol):
    """Tries the application as a browser would."""

    async def __call__(self, what: str) -> Reached: ...


async def ask_server(file: ManifestFile, cluster: Cluster) -> tuple[DryRun, ...]:
    """The API server's word on each document of a file."""
    jobs = [
        _dry_run(file.path, document.index, document.value, cluster)
        for document in file.documents
        if isinstance(document.value, Mapping)
    ]
    import asyncio

    return tuple(await asyncio.gather(*jobs))


async def _dry_run(path: str, index: int, value: Mapping[str, Any], cluster: Cluster) -> DryRun:
    try:
        await cluster.apply(dict(value), dry_run=True)
    except Invalid as error:
        return DryRun(path, index, False, str(error), tuple(error.fields))
    except Refused as error:
        return DryRun(path, index, False, str(error))
    except ClusterError as error:
        return DryRun(path, index, False, str(error), unreachable=True)
    return DryRun(path, index, True)


async def reach_all(wanted: Iterable[str], reach: Reach) -> dict[str, Reached]:
    """One after the other: a login uses the session that the page before it opened, as in a browser."""
    return {what: await reach(what) for what in wanted}


async def last_logs(snapshot: ClusterSnapshot, cluster: Cluster, known: Logs) -> dict[str, str]:
    """Pod → the last lines of a container that ended: the cause of a crash loop stands there.

    `known` keeps what was read, for as long as the container is in the same state.
    """
    logs: Logs = {}
    for pod in snapshot.list("Pod"):
        state = _stopped(pod)
        if state is None or len(logs) >= MOST_LOGS:
            continue
        name = pod["metadata"]["name"]
        if name in known and known[name][0] == state:
            logs[name] = known[name]
            continue
        try:
            logs[name] = (state, await cluster.logs(name, tail=30))
        except ClusterError as error:
            logs[name] = (None, f"(the log could not be had: {error})")
    known.clear()
    known.update(logs)
    return {name: text for name, (_, text) in logs.items()}


def _stopped(pod: Mapping[str, Any]) -> Hashable:
    """The state of a container that ended: its restarts and its last end; None where all run or wait to."""
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        state = status.get("state") or {}
        if "terminated" in state or (state.get("waiting") or {}).get("reason", "") in STOPPED:
            last = state.get("terminated") or (status.get("lastState") or {}).get("terminated") or {}
            return (pod["metadata"].get("uid"), status.get("restartCount"), last.get("finishedAt"))
    return None
