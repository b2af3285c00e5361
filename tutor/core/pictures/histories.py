"""The timeline by object: what was the state of each Deployment, ReplicaSet, pod and Service at a given moment.

`Histories.update` takes in what a timeline has got since the last time, so that a screen may ask often.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Generic, TypeVar

from tutor.core.timeline import (
    Answered,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    PodChanged,
    RecordingBegan,
    ReplicaSetChanged,
    Timeline,
)

OVERLAP = 5.0
"""Seconds that are read again, since an entry may come that late (a call that timed out, by its start)."""
LATELY = 4
"""States of a Service's endpoints that are looked at for the Deployments behind it."""
StateT = TypeVar("StateT", PodChanged, DeploymentChanged, ReplicaSetChanged, EndpointsChanged)


class History(Generic[StateT]):
    """The states of one object by their times; never empty."""

    __slots__ = ("states",)

    def __init__(self, first: StateT) -> None:
        self.states: list[StateT] = [first]

    @property
    def first(self) -> StateT:
        return self.states[0]

    @property
    def last(self) -> StateT:
        return self.states[-1]

    def add(self, state: StateT) -> None:
        if state.at >= self.last.at:
            self.states.append(state)
        else:
            self.states.insert(bisect_right(self.states, state.at, key=_at), state)

    def at(self, at: float) -> StateT | None:
        """The state then; None before the first one."""
        if self.last.at <= at:
            return self.last
        index = bisect_right(self.states, at, key=_at)
        return self.states[index - 1] if index else None

    def between(self, start: float, end: float) -> list[StateT]:
        """The states that held in [start, end]: the one before as well, where there is one."""
        low = max(0, bisect_right(self.states, start, key=_at) - 1)
        return self.states[low : bisect_right(self.states, end, key=_at)]


class Histories:
    """Histories by UID (of EndpointSlices: by the name of the Service)."""

    def __init__(self) -> None:
        self.pods: dict[str, History[PodChanged]] = {}
        self.deployments: dict[str, History[DeploymentChanged]] = {}
        self.replica_sets: dict[str, History[ReplicaSetChanged]] = {}
        self.endpoints: dict[str, History[EndpointsChanged]] = {}
        self.worlds: list[RecordingBegan] = []
        """Where another cluster (or namespace) began: what was before is not there any more."""
        self.versions: set[str] = set()
        """Versions that ever answered."""
        self.deployment_of: dict[str, str] = {}
        """Name of a pod → its Deployment, of those that have one."""
        self.version = 0
        """Grows with every update that brought something."""
        self._world: RecordingBegan | None = None
        self._of: Timeline | None = None
        self._taken = 0
        self._until = float("-inf")
        self._recent: dict[int, Entry] = {}

    def update(self, timeline: Timeline) -> bool:
        """Take in what is new. Returns whether there was anything."""
        if timeline is self._of and len(timeline) == self._taken and self._taken:
            newest = timeline.since(self._until)
            if newest and id(newest[-1]) in self._recent:
                return False
        if timeline is not self._of or not self._take_new(timeline):
            self._take_all(timeline)
        self.version += 1
        return True

    def _take_new(self, timeline: Timeline) -> bool:
        """False where more changed than the newest entries: the oldest went, or one came very late."""
        recent = timeline.since(self._until - OVERLAP)
        new = [entry for entry in recent if id(entry) not in self._recent]
        if self._taken + len(new) != len(timeline):
            return False
        self._add(new)
        self._taken = len(timeline)
        self._remember(recent)
        return True

    def _take_all(self, timeline: Timeline) -> None:
        self.pods, self.deployments, self.replica_sets, self.endpoints = {}, {}, {}, {}
        self.worlds, self._world = [], None
        self.versions, self.deployment_of = set(), {}
        entries = list(timeline)
        self._of, self._taken = timeline, len(entries)
        self._add(entries)
        self._remember(entries[-5_000:])

    def _remember(self, recent: list[Entry]) -> None:
        if not recent:
            return
        self._until = recent[-1].at
        self._recent = {id(entry): entry for entry in recent if entry.at >= self._until - OVERLAP}

    def _add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            match entry:
                case PodChanged():
                    _into(self.pods, entry.uid, entry)
                    if entry.deployment:
                        self.deployment_of[entry.name] = entry.deployment
                case DeploymentChanged():
                    _into(self.deployments, entry.uid, entry)
                case ReplicaSetChanged():
                    _into(self.replica_sets, entry.uid, entry)
                case EndpointsChanged():
                    _into(self.endpoints, entry.service, entry)
                case Answered() if entry.version:
                    self.versions.add(entry.version)
                case RecordingBegan():
                    if self._world is not None and not _same_world(self._world, entry):
                        self.worlds.append(entry)
                    self._world = entry

    def deployments_behind(self, service: str, at: float) -> tuple[str, ...]:
        """The Deployments whose pods a Service sent traffic to lately, at that time. Empty where it never had any."""
        history = self.endpoints.get(service)
        if history is None:
            return ()
        found: set[str] = set()
        for looked, state in enumerate(reversed(history.between(float("-inf"), at))):
            if found and looked >= LATELY:
                break
            names = (*state.ready, *state.not_ready)
            found.update(self.deployment_of[name] for name in names if name in self.deployment_of)
        return tuple(sorted(found))

    def world_began(self, at: float) -> float:
        """When the cluster that is looked at was first followed; what was seen before is of another one."""
        return max((world.at for world in self.worlds if world.at <= at), default=float("-inf"))


def _into(histories: dict[str, History[StateT]], key: str, state: StateT) -> None:
    history = histories.get(key)
    if history is None:
        histories[key] = History(state)
    else:
        history.add(state)


def _same_world(one: RecordingBegan, other: RecordingBegan) -> bool:
    return (one.server, one.namespace, one.world) == (other.server, other.namespace, other.world)


def _at(entry: Entry) -> float:
    return entry.at
