"""The record of what happened: append-only entries with exact times, which checks read as evidence.

Every entry has `at`, Unix seconds by the tutor's clock. One entry is one line of JSON on disk:
`{"type": "PodChanged", "at": …, …}`. Unknown types and fields of a line are skipped, so that a newer
tutor's recording still opens.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeVar


@dataclass(frozen=True, slots=True)
class PodChanged:
    """The state of a pod after a change. `gone` marks its removal from the API."""

    at: float
    uid: str
    name: str
    deployment: str
    """Name of the Deployment that owns its ReplicaSet; empty where none does."""
    replica_set: str
    phase: str
    status: str
    """kubectl's STATUS column."""
    ready: bool
    """The pod's Ready condition."""
    ready_containers: int
    containers: int
    restarts: int
    image: str
    """Image of the first container, as in the pod's spec."""
    created: float
    """metadata.creationTimestamp, Unix seconds (whole)."""
    ip: str = ""
    terminating: bool = False
    gone: bool = False
    reason: str = ""
    """waiting or terminated reason of the first container that has one, e.g. CrashLoopBackOff."""
    exit_code: int | None = None
    """Of the last terminated state of the first container."""
    resource_version: str = ""
    finished: float | None = None
    """When the first container's last run ended, by the kubelet: Unix seconds (whole)."""
    started: float | None = None
    """When its present run began, likewise; None while it does not run."""


@dataclass(frozen=True, slots=True)
class DeploymentChanged:
    at: float
    uid: str
    name: str
    generation: int
    observed_generation: int
    replicas: int
    """spec.replicas."""
    updated: int
    ready: int
    available: int
    image: str
    revision: str = ""
    readiness: bool = False
    """Whether the first container has a readinessProbe."""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class ReplicaSetChanged:
    at: float
    uid: str
    name: str
    deployment: str
    desired: int
    ready: int
    image: str
    revision: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class EndpointsChanged:
    """From EndpointSlices: the pods that a Service sends traffic to."""

    at: float
    service: str
    ready: tuple[str, ...]
    not_ready: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventSeen:
    """A Kubernetes Event of the namespace."""

    at: float
    kind: str
    name: str
    type: str
    reason: str
    message: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """One call of the version poll."""

    at: float
    version: str
    """The version that answered, e.g. "1.0.0"; empty for an error."""
    error: str = ""
    """Kind of the error: "refused", "timeout", "reset", "http-500", "login", "not-json", ...; empty for an answer."""
    latency: float = 0.0
    """Seconds."""
    via: str = "nodeport"
    """"nodeport" (through the gateway, as a browser) or "service-proxy" (through the API server)."""
    pod_started: str = ""
    """`createdDate` of the answer: tells the answering container apart from others of the same version."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection to the API server was lost or came back."""

    at: float
    up: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileSaved:
    at: float
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class CommandRun:
    """An action of the app, as the kubectl command that it stands for."""

    at: float
    command: str


@dataclass(frozen=True, slots=True)
class StepMoved:
    at: float
    slug: str
    to: str
    """"begun" or "passed"."""


Entry = (
    PodChanged
    | DeploymentChanged
    | ReplicaSetChanged
    | EndpointsChanged
    | EventSeen
    | Answered
    | LinkChanged
    | FileSaved
    | CommandRun
    | StepMoved
)
EntryT = TypeVar("EntryT", bound=Entry)

TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        PodChanged,
        DeploymentChanged,
        ReplicaSetChanged,
        EndpointsChanged,
        EventSeen,
        Answered,
        LinkChanged,
        FileSaved,
        CommandRun,
        StepMoved,
    )
}


def to_line(entry: Entry) -> str:
    return json.dumps({"type": type(entry).__name__, **asdict(entry)}, separators=(",", ":"))


def from_line(line: str) -> Entry | None:
    """The entry of a line, or None where the line is torn, or of a type that this version does not know."""
    try:
        data = json.loads(line)
        kind = TYPES[data.pop("type")]
        known = {f.name for f in fields(kind)}
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
        entry: Entry = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry


class Timeline:
    """Entries in the order of their time, the newest last; at most `LIMIT`, the oldest go first."""

    LIMIT: ClassVar[int] = 50_000

    def __init__(self, entries: list[Entry] | None = None) -> None:
        self._entries: list[Entry] = sorted(entries or [], key=lambda entry: entry.at)

    def append(self, entry: Entry) -> None:
        """Add an entry; one that comes late is put in its place."""
        if self._entries and entry.at < self._entries[-1].at:
            self._entries.insert(bisect_left(self._entries, entry.at, key=lambda e: e.at), entry)
        else:
            self._entries.append(entry)
        if len(self._entries) > self.LIMIT:
            del self._entries[: self.LIMIT // 10]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, at: float) -> list[Entry]:
        return self._entries[bisect_left(self._entries, at, key=lambda e: e.at) :]

    def of(self, kind: type[EntryT], since: float = 0.0) -> list[EntryT]:
        return [entry for entry in self.since(since) if isinstance(entry, kind)]
