"""The node says every five minutes that it is there, as a kubelet does."""

from __future__ import annotations

from tutor.kube.times import Clock, format_unix
from tutor.practice.controllers.controller import Key
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

SECONDS = 300.0


class Heartbeat:
    """A controller."""

    name = "heartbeat"

    def __init__(self, store: Store, clock: Clock, node: str) -> None:
        self._store = store
        self._clock = clock
        self._node = node

    def keys(self, event: StoreEvent) -> list[Key]:
        return []

    def all_keys(self) -> list[Key]:
        return [("", self._node)]

    def reconcile(self, key: Key) -> float | None:
        node = self._store.get("Node", *key)
        if node is None:
            return None
        now = format_unix(self._clock.now())
        status = node.get("status") or {}
        conditions = [{**entry, "lastHeartbeatTime": now} for entry in status.get("conditions") or []]
        self._store.update({**node, "status": {**status, "conditions": conditions}}, subresource="status")
        # The loop's own resync comes at that rate.
        return None
