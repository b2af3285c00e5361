"""The changes of one kind from one version on, in order, without a gap."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from tutor.practice.store.event import StoreEvent

BACKLOG = 5000
"""A watcher that has not read this many events has fallen behind and is ended; its client watches or lists again."""


class Watch:
    """Holds what the watcher has not read yet. Close it when done."""

    def __init__(self, past: Iterable[StoreEvent], unsubscribe: Callable[[Watch], None]) -> None:
        self._events = deque(past)
        self._unsubscribe = unsubscribe
        self._news = asyncio.Event()
        self.behind = False
        self.ended = False
        self.fallen_behind: Callable[[], object] = lambda: None
        """Called once, when the watcher has fallen behind: it may be waiting for a client that reads nothing."""
        if self._events:
            self._news.set()

    def push(self, event: StoreEvent) -> None:
        if self.behind:
            return
        if len(self._events) >= BACKLOG:
            self.behind = True
            self._events.clear()
            self.fallen_behind()
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
        """Until there is something to take, or a nudge."""
        await self._news.wait()

    def nudge(self) -> None:
        """Wake the watcher though nothing has changed."""
        self._news.set()

    def close(self) -> None:
        self._unsubscribe(self)

    def end(self) -> None:
        """The server closes: wake the watcher, which finds `ended` set."""
        self.ended = True
        self._news.set()
