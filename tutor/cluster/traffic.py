"""The version poll: what the exercise's version page does, with every answer and every error in the timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tutor.cluster.app import Application
from tutor.cluster.replies import Reply
from tutor.core.timeline import Answered
from tutor.kube.times import Clock

VERSION_PATH = "/user/internal/version"
SLOWEST, FASTEST = 1.0, 10.0
"""Calls a second."""
MOST_OPEN = 30
"""Calls that wait for their answer at the same time."""
CATCH_UP = 2.0
"""Seconds of lateness that are made up for."""


class Poll:
    """Asks at a steady rate. While the API server is away nothing is asked: that is not the application's error."""

    def __init__(
        self,
        application: Application,
        clock: Clock,
        record: Callable[[Answered], None],
        link_up: Callable[[], bool],
        rate: float = 1.0,
        nobody: Callable[[], str] = lambda: "",
        awake_since: Callable[[], float] = lambda: float("-inf"),
    ) -> None:
        """`nobody`: why there is nobody to ask yet, a sentence; then nothing is asked. `awake_since`: the end of this
        process's last sleep; what was asked before that says nothing, since nobody waited for the answer."""
        self._nobody = nobody
        self._awake_since = awake_since
        self._application = application
        self._clock = clock
        self._record = record
        self._link_up = link_up
        self.rate = rate
        self._open = 0
        self.via = ""
        self.message = ""
        """What keeps it from running, or a remark on the way it takes."""

    @property
    def url(self) -> str:
        return self._application.url

    @property
    def rate(self) -> float:
        return self._rate

    @rate.setter
    def rate(self, value: float) -> None:
        self._rate = min(max(value, SLOWEST), FASTEST)

    async def run(self, wanted: Callable[[], bool] = lambda: True) -> None:
        """While it is wanted; calls that wait for their answer then are dropped. A slow answer holds nothing up: the
        next call starts on its own second, as on the page."""
        due = self._clock.now()
        made: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as calls:
            while wanted():
                if not self._link_up():
                    self.message = "The cluster cannot be reached: the poll waits."
                elif nobody := self._nobody():
                    self.message = nobody
                elif self._open < MOST_OPEN:
                    call = calls.create_task(self._count_once())
                    made.add(call)
                    call.add_done_callback(made.discard)
                now = self._clock.now()
                # After a machine's sleep, or when its clock was set, there is nothing to catch up with.
                due = due + 1 / self._rate if abs(now - due) < CATCH_UP else now + 1 / self._rate
                await self._clock.sleep(due - now)
            for call in made:
                call.cancel()

    async def _count_once(self) -> None:
        self._open += 1
        try:
            await self.once()
        finally:
            self._open -= 1

    async def once(self) -> Answered | None:
        """One call; None where it says nothing about the application."""
        at = self._clock.now()
        reply = await self._application.get(VERSION_PATH)
        if not self._awake_since() <= at <= self._clock.now():
            return None
        if reply.error == "cluster-away" or not self._link_up():
            self.message = "The cluster cannot be reached: the poll waits."
            return None
        self.via = reply.via
        self.message = reply.detail if reply.error == "refused-by-api-server" else self._application.remark
        answered = _answered(reply, at)
        self._record(answered)
        return answered


def _answered(reply: Reply, at: float) -> Answered:
    if reply.error:
        return Answered(at, "", reply.error, reply.latency, reply.via)
    if reply.status != 200:
        return Answered(at, "", f"http-{reply.status}", reply.latency, reply.via)
    data = reply.json()
    version = data.get("name") if isinstance(data, dict) else None
    if not isinstance(version, str) or not version:
        return Answered(at, "", "not-json", reply.latency, reply.via)
    return Answered(at, version, "", reply.latency, reply.via, str(data.get("createdDate", "")))
