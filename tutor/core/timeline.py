"""The record of what happened: append-only entries with exact times, which checks read as evidence.

Every entry has `at`, Unix seconds by the tutor's clock. How an entry is written: timeline_lines.py.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
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
    listed: bool = False
    """Found in a list of all pods, after a time in which nobody looked: it became so at some moment before `at`."""


PAUSED = "DeploymentPaused"
HELD_UP = "held up: "


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
    total: int | None = None
    """status.replicas: pods of all its templates that are not being deleted. None: not recorded."""
    listed: bool = False
    """As with a pod: it became so at some moment before `at`."""
    held_up: str = ""
    """Why it does not go on, in Kubernetes' word: ProgressDeadlineExceeded, FailedCreate, DeploymentPaused …"""

    @property
    def hold(self) -> str:
        """`held_up` for a learner: "paused", or "held up: FailedCreate"; empty where it goes on."""
        if self.held_up == PAUSED:
            return "paused"
        return f"{HELD_UP}{self.held_up}" if self.held_up else ""


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
class RecordingBegan:
    """A tutor began to record a cluster. What happened between the entry before this one and now, nobody saw."""

    at: float
    context: str
    server: str
    namespace: str
    world: str = ""
    """UID of the namespace: another one means another cluster, or one made anew. Empty where it may not be read."""


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The tutor that recorded was closed in order. Nobody looks until the next `RecordingBegan`."""

    at: float


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
    | RecordingBegan
    | RecordingEnded
    | LinkChanged
    | FileSaved
    | CommandRun
    | StepMoved
)
EntryT = TypeVar("EntryT", bound=Entry)


def subject(entry: Entry) -> Hashable:
    """What an entry tells the state of: the same for entries of which only the newest says how things are.

    None for entries that tell of an act or of a single call.
    """
    match entry:
        case PodChanged() | DeploymentChanged() | ReplicaSetChanged():
            return (type(entry), entry.uid)
        case EndpointsChanged():
            return (EndpointsChanged, entry.service)
        case LinkChanged() | RecordingBegan():
            return (type(entry), "")
    return None


def baseline(entries: Iterable[Entry]) -> list[Entry]:
    """What must be kept of entries that are dropped: the last state of everything that was still there, by its time.

    A restart is the difference between two entries of a pod. Without the earlier one it could not be told.
    """
    last: dict[Hashable, Entry] = {}
    for entry in entries:
        about = subject(entry)
        if about is None:
            continue
        last.pop(about, None)
        if not getattr(entry, "gone", False):
            last[about] = entry
    kept = sorted(last.values(), key=_at)
    # All of it was recorded in one world, whose beginning stands before it.
    return sorted((replace(e, at=kept[0].at) if isinstance(e, RecordingBegan) else e for e in kept), key=_order)


class Timeline:
    """Entries in the order of their time, the newest last; at most `LIMIT`, the oldest go first.

    Of what goes, the last state of everything that is still there is kept (`baseline`).
    """

    LIMIT: ClassVar[int] = 50_000

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        self._by_type: dict[type[Any], list[Any]] = {}
        self._hold(entries)

    def append(self, entry: Entry) -> None:
        """Add an entry; one that comes late is put in its place."""
        _put(self._entries, entry)
        _put(self._by_type.setdefault(type(entry), []), entry)
        if len(self._entries) > self.LIMIT:
            self.forget(self.LIMIT // 10)

    def forget(self, count: int) -> None:
        """Drop the `count` oldest entries, but for their baseline."""
        kept = baseline(self._entries[:count])
        if len(kept) > count // 2:
            # More things than the timeline has room for: then the oldest of them go, too.
            kept = kept[len(kept) - count // 2 :]
        self._fill([*kept, *self._entries[count:]])

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, at: float) -> list[Entry]:
        return self._entries[bisect_left(self._entries, at, key=_at) :]

    def of(self, kind: type[EntryT], since: float = 0.0) -> list[EntryT]:
        found: list[EntryT] = self._by_type.get(kind, [])
        return found[bisect_left(found, since, key=_at) :]

    def count(self, kind: type[Any] | None = None) -> int:
        """Entries of a kind, or all."""
        return len(self._entries if kind is None else self._by_type.get(kind, ()))

    def before(self, at: float) -> Entry | None:
        """The last entry before that time."""
        index = bisect_left(self._entries, at, key=_at)
        return self._entries[index - 1] if index else None

    def _hold(self, entries: Iterable[Entry]) -> None:
        """These entries and no others."""
        self._fill(sorted(entries, key=_at))

    def _fill(self, entries: list[Entry]) -> None:
        self._entries = entries
        self._by_type = {}
        for entry in entries:
            self._by_type.setdefault(type(entry), []).append(entry)


def _order(entry: Entry) -> tuple[float, bool]:
    return (entry.at, not isinstance(entry, RecordingBegan))


def _at(entry: Entry) -> float:
    return entry.at


def _put(entries: list[Any], entry: Entry) -> None:
    if entries and entry.at < entries[-1].at:
        entries.insert(bisect_right(entries, entry.at, key=_at), entry)
    else:
        entries.append(entry)
