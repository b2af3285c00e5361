"""Doubles for what tests must not wait for or reach."""

from __future__ import annotations

import asyncio
import heapq
import itertools


class FakeClock:
    """A clock that stands still until `advance`, which wakes the sleepers in the order of their times."""

    def __init__(self, start: float = 1_760_000_000.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; what a woken sleeper does happens at its own time."""
        until = self._now + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            if not woken.done():
                woken.set_result(None)
            await self._settle()
        # Who was woken may have slept on (`stop_for`).
        self._now = max(self._now, until)
        await self._settle()

    def stop_for(self, seconds: float) -> None:
        """Time passes and nobody runs: the machine sleeps, the process is stopped. Sleepers wake up late."""
        self._now += seconds

    def set_back(self, seconds: float) -> None:
        """Somebody sets the clock. Sleepers sleep as long as they would have."""
        self._now -= seconds
        self._sleepers = [(at - seconds, *rest) for at, *rest in self._sleepers]  # type: ignore[misc]

    async def _settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
