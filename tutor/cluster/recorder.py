"""Raw objects of the watch as entries of the timeline: only what really changed, with the time at which it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tutor.cluster.api import KubeObject
from tutor.cluster.watch import Changed, LinkLost, LinkRestored, Listed, News
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
from tutor.kube.podstatus import pod_row
from tutor.kube.times import unix

REVISION = "deployment.kubernetes.io/revision"
SERVICE_NAME = "kubernetes.io/service-name"
State = PodChanged | DeploymentChanged | ReplicaSetChanged


class Recorder:
    """Remembers the last entry of everything. `earlier`: a recording to go on from, so that nothing is told twice."""

    def __init__(self, earlier: Iterable[Entry] = ()) -> None:
        self._last: dict[str, State] = {}
        self._pods: dict[str, KubeObject] = {}
        self._owners: dict[str, str] = {}
        self._slices: dict[tuple[str, str], KubeObject] = {}
        self._endpoints: dict[str, EndpointsChanged] = {}
        self._events: dict[str, int] = {}
        self._links: bool | None = None
        for entry in earlier:
            if isinstance(entry, State):
                self._remember(entry)
            elif isinstance(entry, EndpointsChanged):
                self._endpoints[entry.service] = entry

    def take(self, news: News) -> list[Entry]:
        """The entries of a piece of news; none where nothing changed that the timeline keeps."""
        match news:
            case LinkLost(reason, at):
                return self._link(LinkChanged(at, False, reason))
            case LinkRestored(at):
                return self._link(LinkChanged(at, True))
            case Changed(kind, what, obj, at):
                return self._changed(kind, obj, at, gone=what == "DELETED", live=True)
            case Listed(kind, objects, at):
                return self._listed(kind, objects, at)

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
            there = {(_service(obj), obj["metadata"]["name"]) for obj in objects}
            missing = [self._slices[key] for key in self._slices if key not in there]
            for obj in missing:
                entries.extend(self._changed(kind, obj, at, gone=True, live=False))
            for service in set(self._endpoints) - {service for service, _ in there}:
                entries.extend(self._endpoints_of(service, at))
        for obj in objects:
            entries.extend(self._changed(kind, obj, at, gone=False, live=False))
        uids = {obj["metadata"].get("uid", "") for obj in objects}
        of_kind = {"Pod": PodChanged, "Deployment": DeploymentChanged, "ReplicaSet": ReplicaSetChanged}.get(kind)
        if of_kind is not None:
            for uid, last in list(self._last.items()):
                if isinstance(last, of_kind) and uid not in uids:
                    # It went away while nobody looked.
                    entries.append(replace(last, at=at, gone=True))
                    self._forget(uid)
        return entries

    def _changed(self, kind: str, obj: KubeObject, at: float, *, gone: bool, live: bool) -> list[Entry]:
        match kind:
            case "Pod":
                uid = obj["metadata"].get("uid", "")
                self._pods[uid] = obj
                return self._state(self._pod(obj, at, gone), gone)
            case "Deployment":
                return self._state(_deployment(obj, at, gone), gone)
            case "ReplicaSet":
                return self._replica_set(obj, at, gone)
            case "EndpointSlice":
                key = (_service(obj), obj["metadata"]["name"])
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

    def _replica_set(self, obj: KubeObject, at: float, gone: bool) -> list[Entry]:
        name, owner = obj["metadata"]["name"], _owner(obj, "Deployment")
        known = self._owners.get(name)
        entries = self._state(_replica_set(obj, owner, at, gone), gone)
        if known != owner and not gone:
            self._owners[name] = owner
            for pod in list(self._pods.values()):
                if _owner(pod, "ReplicaSet") == name:
                    entries.extend(self._state(self._pod(pod, at, False), False))
        return entries

    def _pod(self, pod: KubeObject, at: float, gone: bool) -> PodChanged:
        row = pod_row(pod, at)
        metadata, status = pod["metadata"], pod.get("status") or {}
        replica_set = _owner(pod, "ReplicaSet")
        reason, exit_code, finished, started = _container(status.get("containerStatuses") or [])
        return PodChanged(
            at,
            row.uid,
            row.name,
            self._deployment_of(replica_set, pod),
            replica_set,
            status.get("phase") or "",
            row.status,
            row.is_ready,
            row.ready_containers,
            row.containers,
            row.restarts,
            row.image,
            unix(metadata["creationTimestamp"]) if metadata.get("creationTimestamp") else at,
            status.get("podIP") or "",
            row.terminating,
            gone,
            reason,
            exit_code,
            str(metadata.get("resourceVersion", "")),
            finished,
            started,
        )

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
        uid = obj["metadata"].get("uid", "")
        if gone:
            self._events.pop(uid, None)
            return []
        series = obj.get("series") or {}
        count = int(series.get("count") or obj.get("count") or 1)
        if self._events.get(uid) == count:
            return []
        self._events[uid] = count
        about = obj.get("involvedObject") or obj.get("regarding") or {}
        if not live:
            last = series.get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("eventTime")
            at = min(at, unix(last)) if last else at
        message = str(obj.get("message") or obj.get("note") or "")
        kind, name = str(about.get("kind", "")), str(about.get("name", ""))
        return [EventSeen(at, kind, name, str(obj.get("type", "")), str(obj.get("reason", "")), message, count)]

    def _remember(self, entry: State) -> None:
        if entry.gone:
            self._forget(entry.uid)
        else:
            self._last[entry.uid] = entry

    def _forget(self, uid: str) -> None:
        self._last.pop(uid, None)
        self._pods.pop(uid, None)


def snapshot_after(snapshot: ClusterSnapshot, news: News) -> ClusterSnapshot:
    """The cluster as last seen, after a piece of news. A lost link changes nothing of it."""
    match news:
        case Listed(kind, objects, at):
            return snapshot.with_kind(kind, objects, at)
        case Changed(kind, "DELETED", obj, at):
            return snapshot.without(kind, obj["metadata"]["name"], at)
        case Changed(_, _, obj, at):
            return snapshot.with_object(obj, at)
    return snapshot


def _same(one: State, other: State) -> bool:
    if isinstance(one, PodChanged) and isinstance(other, PodChanged):
        return replace(one, at=other.at, resource_version=other.resource_version) == other
    return type(one) is type(other) and replace(one, at=other.at) == other


def _owner(obj: KubeObject, kind: str) -> str:
    """Name of the owner of that kind that controls the object; empty where there is none."""
    owners = obj["metadata"].get("ownerReferences") or []
    found = [o for o in owners if o.get("kind") == kind]
    return str(next((o for o in found if o.get("controller")), found[0])["name"]) if found else ""


def _service(obj: KubeObject) -> str:
    return str((obj["metadata"].get("labels") or {}).get(SERVICE_NAME, "") or _owner(obj, "Service"))


def _first_container(obj: KubeObject) -> Mapping[str, Any]:
    template = ((obj.get("spec") or {}).get("template") or {}).get("spec") or {}
    containers = template.get("containers") or [{}]
    first: Mapping[str, Any] = containers[0]
    return first


def _deployment(obj: KubeObject, at: float, gone: bool) -> DeploymentChanged:
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    first = _first_container(obj)
    return DeploymentChanged(
        at,
        metadata.get("uid", ""),
        metadata["name"],
        int(metadata.get("generation") or 0),
        int(status.get("observedGeneration") or 0),
        int(spec.get("replicas", 1)),
        int(status.get("updatedReplicas") or 0),
        int(status.get("readyReplicas") or 0),
        int(status.get("availableReplicas") or 0),
        str(first.get("image", "")),
        str((metadata.get("annotations") or {}).get(REVISION, "")),
        bool(first.get("readinessProbe")),
        gone,
    )


def _replica_set(obj: KubeObject, deployment: str, at: float, gone: bool) -> ReplicaSetChanged:
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    return ReplicaSetChanged(
        at,
        metadata.get("uid", ""),
        metadata["name"],
        deployment,
        int(spec.get("replicas", 1)),
        int(status.get("readyReplicas") or 0),
        str(_first_container(obj).get("image", "")),
        str((metadata.get("annotations") or {}).get(REVISION, "")),
        gone,
    )


def _container(statuses: list[Mapping[str, Any]]) -> tuple[str, int | None, float | None, float | None]:
    """(reason, exit code, last end, present start) of a pod's containers, the times in Unix seconds."""
    reason = ""
    for entry in statuses:
        state = entry.get("state") or {}
        reason = str((state.get("waiting") or state.get("terminated") or {}).get("reason") or "")
        if reason:
            break
    if not statuses:
        return "", None, None, None
    state, before = statuses[0].get("state") or {}, statuses[0].get("lastState") or {}
    ended = state.get("terminated") or before.get("terminated") or {}
    running = state.get("running") or {}
    return (
        reason,
        int(ended["exitCode"]) if "exitCode" in ended else None,
        unix(ended["finishedAt"]) if ended.get("finishedAt") else None,
        unix(running["startedAt"]) if running.get("startedAt") else None,
    )
