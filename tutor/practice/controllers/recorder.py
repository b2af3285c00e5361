"""Writes Event objects, as `kubectl get events` and `describe` show them; forgets them after an hour."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tutor.kube.times import Clock, format_unix, unix
from tutor.practice.controllers.controller import Key
from tutor.practice.controllers.correlator import Correlator
from tutor.practice.store.errors import StatusError
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

KEPT_SECONDS = 3600.0
_SWEEP_SECONDS = 60.0
_SCHEDULER = "default-scheduler"


class EventRecorder:
    """One for all components of the cluster."""

    def __init__(self, store: Store, clock: Clock, node_name: str) -> None:
        self._store = store
        self._clock = clock
        self._node = node_name
        self._correlator = Correlator()
        self._last_stamp = 0

    def event(
        self, obj: Object, event_type: str, reason: str, message: str, component: str, /, *, field_path: str = ""
    ) -> None:
        """About `obj`, from `component`; `field_path` names the part of it, e.g. spec.containers{user}."""
        host = self._node if component == "kubelet" else ""
        source = {"component": component, **({"host": host} if host else {})}
        now = self._clock.now()
        seen = self._observe(obj, component, (event_type, reason, field_path), message, now)
        if seen is None:
            return
        body = {
            "count": seen.count,
            "eventTime": None,
            "firstTimestamp": format_unix(seen.first),
            "lastTimestamp": format_unix(now),
            "message": seen.message,
            "reason": reason,
            "reportingComponent": component,
            "reportingInstance": host,
            "source": source,
            "type": event_type,
        }
        self._write(obj, seen.name, body, field_path)

    def scheduling(self, obj: Object, event_type: str, reason: str, message: str, action: str) -> None:
        """As the scheduler records: by the newer events API, where a repetition is a series."""
        now = self._clock.now()
        seen = self._observe(obj, _SCHEDULER, (event_type, reason), message, now)
        if seen is None:
            return
        body: Object = {
            "action": action,
            "eventTime": micro_time(seen.first),
            "firstTimestamp": None,
            "lastTimestamp": None,
            "message": seen.message,
            "reason": reason,
            "reportingComponent": _SCHEDULER,
            "reportingInstance": f"{_SCHEDULER}-{self._node}",
            "source": {},
            "type": event_type,
        }
        if seen.count > 1:
            body["series"] = {"count": seen.count, "lastObservedTime": micro_time(now)}
        self._write(obj, seen.name, body, "")

    def _observe(self, obj: Object, component: str, kind: tuple[str, ...], message: str, now: float) -> Any:
        metadata = obj["metadata"]
        about = (obj["kind"], metadata.get("namespace", ""), metadata["name"], metadata.get("uid", ""))
        stamp = max(int(now * 1e9), self._last_stamp + 1)
        self._last_stamp = stamp
        return self._correlator.observe(component, about, kind, message, f"{metadata['name']}.{stamp:x}", now)

    def _write(self, obj: Object, name: str, body: Object, field_path: str) -> None:
        metadata = obj["metadata"]
        namespace = str(metadata.get("namespace") or "default")
        involved = {
            "apiVersion": obj["apiVersion"],
            "kind": obj["kind"],
            "name": metadata["name"],
            "resourceVersion": metadata.get("resourceVersion", ""),
            "uid": metadata.get("uid", ""),
        }
        if metadata.get("namespace"):
            involved["namespace"] = namespace
        if field_path:
            involved["fieldPath"] = field_path
        stored = self._store.get("Event", namespace, name)
        event: Object = {"apiVersion": "v1", "kind": "Event", "metadata": {"name": name, "namespace": namespace}}
        if stored is not None:
            event["metadata"] = stored["metadata"]
        event |= {"involvedObject": involved if stored is None else stored["involvedObject"], **body}
        try:
            if stored is None:
                self._store.create(event)
            else:
                self._store.update(event)
        except StatusError:
            # The namespace is gone: nobody can ask for its events any more.
            return


def micro_time(seconds: float) -> str:
    """metav1.MicroTime: 2026-01-02T03:04:05.678901Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class EventSweeper:
    """A controller: removes events an hour after they were last written."""

    name = "events"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def keys(self, event: StoreEvent) -> list[Key]:
        return []

    def all_keys(self) -> list[Key]:
        return [("", "sweep")]

    def reconcile(self, key: Key) -> float | None:
        oldest = self._clock.now() - KEPT_SECONDS
        for event in self._store.list("Event"):
            if last_seen(event) < oldest:
                self._store.delete("Event", event["metadata"]["namespace"], event["metadata"]["name"])
        return _SWEEP_SECONDS


def last_seen(event: Object) -> float:
    """Unix seconds."""
    series = event.get("series") or {}
    times = (
        event.get("lastTimestamp"),
        series.get("lastObservedTime"),
        event.get("eventTime"),
        event["metadata"].get("creationTimestamp"),
    )
    return max(unix(time) for time in times if time)
