"""The changes that watches and lists can go back over: the newest ones, as far as they are not too old."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from tutor.practice.store.errors import Expired
from tutor.practice.store.event import StoreEvent

_REMEMBERED_SECONDS = 300.0
"""As a real API server has its history compacted, every five minutes. A load of a thousand pods need not be kept."""
_WITH_LINES = 256
"""Of so many of the newest events the lines for watchers are kept."""


class History:
    """At most `most` changes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: deque[StoreEvent] = deque()
        self.forgotten = 0
        """The changes up to this version are remembered no more."""

    def __iter__(self) -> Iterator[StoreEvent]:
        """Oldest first."""
        return iter(self._events)

    def add(self, event: StoreEvent) -> None:
        oldest = event.at - _REMEMBERED_SECONDS
        while self._events and (len(self._events) >= self._most or self._events[0].at < oldest):
            self.forgotten = self._events.popleft().resource_version
        self._events.append(event)
        if len(self._events) > _WITH_LINES:
            self._events[-_WITH_LINES - 1].lines.clear()

    def since(self, kind: str, namespace: str | None, version: int) -> list[StoreEvent]:
        """The changes after a version, oldest first; `namespace` None: of all. Raises: `Expired`."""
        self._check(version)
        return [
            event
            for event in self._events
            if event.resource_version > version
            and event.kind == kind
            and (namespace is None or event.namespace == namespace)
        ]

    def back_to(self, kind: str, version: int) -> Iterator[StoreEvent]:
        """The changes of a kind after a version, newest first. Raises: `Expired`, at once."""
        self._check(version)
        return self._back_to(kind, version)

    def _back_to(self, kind: str, version: int) -> Iterator[StoreEvent]:
        for event in reversed(self._events):
            if event.resource_version <= version:
                return
            if event.kind == kind:
                yield event

    def _check(self, version: int) -> None:
        if version < self.forgotten:
            raise Expired(f"too old resource version: {version} ({self.forgotten})")
