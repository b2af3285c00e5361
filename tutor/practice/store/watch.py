"""The changes of one kind from one version on, in order, without a gap."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from tutor.practice.store.event import StoreEvent

BACKLOG = 10_000
"""A watcher that has not read this many events has fallen behind and is ended; its client lists again."""


class Watch:
    """Holds what the watcher has not read yet. Close it when done."""

    def __init__(self, past: Iterable[StoreEvent], unsubscribe: Callable[[Watch], None]) -> None:
        self._events = deque(past)
        self._unsubscribe = unsubscribe
        self._news = asyncio.Event()
        self.behind = False
        self.ended = False
        if self._events:
            self._news.set()

    def push(self, event: StoreEvent) -> None:
        if len(self._events) >= BACKLOG:
            self.behind = True
        else:
            self._events.append(event)
        self._news.set()

    def take(self) -> list[StoreEvent]:
        """All that has come since the last call, at once."""
        events = list(self._events)
        self._events.clear()
        self._news.clear()
        return events

    async def wait(self) -> None:
        """Until there is something to take."""
        await self._news.wait()

    def close(self) -> None:
        self._unsubscribe(self)

    def end(self) -> None:
        """The server closes: wake the watcher, which finds `ended` set."""
        self.ended = True
        self._news.set()
