"""Raw objects of the watch as entries of the timeline: only what really changed, with the time at which it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tutor.cluster.api import KubeObject
from tutor.cluster.entries import deployment_entry, owner_of, pod_entry, replica_set_entry, service_of
from tutor.cluster.news import Changed, Denied, LinkLost, LinkRestored, Listed, Met, News, Slept
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import (
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    EventSeen,
    LinkChanged,
    PodChanged,
    ReplicaSetChanged,
)
from tutor.kube.times import unix

State = PodChanged | DeploymentChanged | ReplicaSetChanged
MOST_EVENTS = 40_000
"""Events that are remembered as told: those that an API server has at ten a second, since it forgets them after an
hour. One that was forgotten here would be told again with each list."""


class Recorder:
    """Remembers the last entry of everything. `earlier`: a recording to go on from, so that nothing is told twice."""

    def __init__(self, earlier: Iterable[Entry] = ()) -> None:
        self._last: dict[str, State] = {}
        self._pods: dict[str, KubeObject] = {}
        self._owners: dict[str, str] = {}
        self._slices: dict[tuple[str, str], KubeObject] = {}
        self._endpoints: dict[str, EndpointsChanged] = {}
        self._events: dict[int, None] = {}
        """Of each Event the hash of what tells it apart, in the order in which they were told."""
        self._links: bool | None = None
        for entry in earlier:
            if isinstance(entry, State):
                self._remember(entry)
            elif isinstance(entry, EndpointsChanged):
                self._endpoints[entry.service] = entry
            elif isinstance(entry, EventSeen):
                self._is_new(entry)

    def take(self, news: News) -> list[Entry]:
        """The entries of a piece of news; none where nothing changed that the timeline keeps."""
        match news:
            case LinkLost(reason, at):
                return self._link(LinkChanged(at, False, reason))
            case LinkRestored():
                at = news.at
                return self._link(LinkChanged(at, True))
            case Changed(kind, what, obj, at):
                return self._changed(kind, obj, at, gone=what == "DELETED", live=True)
            case Listed(kind, objects, at):
                return self._listed(kind, objects, at)
            case Slept():
                # The gap of the sleep ends with it; one of a lost link may go on, and is told of once more.
                self._links = self._links or None
                return []
            case Denied() | Met():
                return []

    def snapshot_after(self, snapshot: ClusterSnapshot, news: News) -> ClusterSnapshot:
        return snapshot_after(snapshot, news)

    def _link(self, entry: LinkChanged) -> list[Entry]:
        if self._links is entry.up:
            return []
        self._links = entry.up
        return [entry]

    def _listed(self, kind: str, objects: tuple[KubeObject, ...], at: float) -> list[Entry]:
        entries: list[Entry] = []
        if kind == "EndpointSlice":
            there = {(service_of(obj), obj["metadata"]["name"]) for obj in objects}
            missing = [self._slices[key] for key in self._slices if key not in there]
            for obj in missing:
                entries.extend(self._changed(kind, obj, at, gone=True, live=False))
            for service in set(self._endpoints) - {service for service, _ in there}:
                entries.extend(self._endpoints_of(service, at))
        # A list comes by name, and Events tell whole seconds: those of one second are told as they were written.
        in_order = sorted(objects, key=_version) if kind == "Event" else objects
        for obj in in_order:
            entries.extend(self._changed(kind, obj, at, gone=False, live=False))
        uids = {obj["metadata"].get("uid", "") for obj in objects}
        of_kind = {"Pod": PodChanged, "Deployment": DeploymentChanged, "ReplicaSet": ReplicaSetChanged}.get(kind)
        if of_kind is not None:
            for uid, last in list(self._last.items()):
                if isinstance(last, of_kind) and uid not in uids:
                    # It went away while nobody looked.
                    gone = replace(last, at=at, gone=True)
                    entries.append(gone if isinstance(gone, ReplicaSetChanged) else replace(gone, listed=True))
                    self._forget(uid)
        return entries

    def _changed(self, kind: str, obj: KubeObject, at: float, *, gone: bool, live: bool) -> list[Entry]:
        match kind:
            case "Pod":
                uid = obj["metadata"].get("uid", "")
                self._pods[uid] = obj
                return self._state(self._pod(obj, at, gone, listed=not live), gone)
            case "Deployment":
                return self._state(deployment_entry(obj, at, gone, listed=not live), gone)
            case "ReplicaSet":
                return self._replica_set(obj, at, gone, live=live)
            case "EndpointSlice":
                key = (service_of(obj), obj["metadata"]["name"])
                if gone:
                    self._slices.pop(key, None)
                else:
                    self._slices[key] = obj
                return self._endpoints_of(key[0], at) if key[0] else []
            case "Event":
                return self._event(obj, at, gone=gone, live=live)
        return []

    def _state(self, entry: State, gone: bool) -> list[Entry]:
        last = self._last.get(entry.uid)
        if last is not None and _same(last, entry):
            return []
        if gone:
            self._forget(entry.uid)
        else:
            self._last[entry.uid] = entry
        return [entry]

    def _replica_set(self, obj: KubeObject, at: float, gone: bool, *, live: bool) -> list[Entry]:
        name, owner = obj["metadata"]["name"], owner_of(obj, "Deployment")
        known = self._owners.get(name)
        entries = self._state(replica_set_entry(obj, owner, at, gone), gone)
        if gone:
            self._owners.pop(name, None)
        elif known != owner:
            self._owners[name] = owner
            for pod in list(self._pods.values()):
                if owner_of(pod, "ReplicaSet") == name:
                    entries.extend(self._state(self._pod(pod, at, False, listed=not live), False))
        return entries

    def _pod(self, pod: KubeObject, at: float, gone: bool, *, listed: bool) -> PodChanged:
        replica_set = owner_of(pod, "ReplicaSet")
        return pod_entry(pod, self._deployment_of(replica_set, pod), replica_set, at, gone, listed=listed)

    def _deployment_of(self, replica_set: str, pod: KubeObject) -> str:
        if replica_set in self._owners:
            return self._owners[replica_set]
        # The ReplicaSet was not seen yet: its name is the Deployment's with the template's hash behind it.
        hashed = (pod["metadata"].get("labels") or {}).get("pod-template-hash", "")
        return replica_set.removesuffix(f"-{hashed}") if hashed and replica_set.endswith(f"-{hashed}") else ""

    def _endpoints_of(self, service: str, at: float) -> list[Entry]:
        ready: set[str] = set()
        others: set[str] = set()
        for (of, _), obj in self._slices.items():
            for endpoint in (obj.get("endpoints") or []) if of == service else []:
                addresses = endpoint.get("addresses") or [""]
                name = str((endpoint.get("targetRef") or {}).get("name") or addresses[0])
                (ready if (endpoint.get("conditions") or {}).get("ready") is not False else others).add(name)
        entry = EndpointsChanged(at, service, tuple(sorted(ready)), tuple(sorted(others - ready)))
        last = self._endpoints.get(service)
        if last is not None and (last.ready, last.not_ready) == (entry.ready, entry.not_ready):
            return []
        self._endpoints[service] = entry
        return [entry]

    def _event(self, obj: KubeObject, at: float, *, gone: bool, live: bool) -> list[Entry]:
        if gone:
            return []
        series = obj.get("series") or {}
        count = int(series.get("count") or obj.get("count") or 1)
        about = obj.get("involvedObject") or obj.get("regarding") or {}
        if not live:
            last = series.get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("eventTime")
            at = min(at, unix(last)) if last else at
        message = str(obj.get("message") or obj.get("note") or "")
        kind, name = str(about.get("kind", "")), str(about.get("name", ""))
        seen = EventSeen(at, kind, name, str(obj.get("type", "")), str(obj.get("reason", "")), message, count)
        return [seen] if self._is_new(seen) else []

    def _is_new(self, event: EventSeen) -> bool:
        """Whether it was not told yet. A list after a restart of the tutor brings the old ones again."""
        key = hash((event.kind, event.name, event.reason, event.message, event.count))
        if key in self._events:
            return False
        self._events[key] = None
        if len(self._events) > MOST_EVENTS:
            self._events = dict.fromkeys(list(self._events)[MOST_EVENTS // 2 :])
        return True

    def _remember(self, entry: State) -> None:
        if entry.gone:
            self._forget(entry.uid)
        else:
            self._last[entry.uid] = entry

    def _forget(self, uid: str) -> None:
        self._last.pop(uid, None)
        self._pods.pop(uid, None)


def _version(obj: KubeObject) -> int:
    """A later write has a higher number: how the API server counts them. 0 where it is no number."""
    text = str(obj["metadata"].get("resourceVersion", ""))
    return int(text) if text.isdecimal() else 0


def snapshot_after(snapshot: ClusterSnapshot, news: News) -> ClusterSnapshot:
    """The cluster as last seen, after a piece of news. A lost link changes nothing of it."""
    match news:
        case Listed(kind, objects, at):
            return snapshot.with_kind(kind, objects, at)
        case Denied(kind, _, _):
            # What was seen before it was denied stays on the screen, and proves nothing of now.
            return snapshot.unlisted(kind)
        case Changed(kind, "DELETED", obj, at):
            return snapshot.without(kind, obj["metadata"]["name"], at)
        case Changed(_, _, obj, at):
            return snapshot.with_object(obj, at)
    return snapshot


def _same(one: State, other: State) -> bool:
    """Whether two entries say the same, whenever and however that was seen."""
    if isinstance(one, PodChanged) and isinstance(other, PodChanged):
        return replace(one, at=other.at, resource_version=other.resource_version, listed=other.listed) == other
    if isinstance(one, DeploymentChanged) and isinstance(other, DeploymentChanged):
        return replace(one, at=other.at, listed=other.listed) == other
    return type(one) is type(other) and replace(one, at=other.at) == other
