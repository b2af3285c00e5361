"""The lesson's way to a cluster: chosen, opened, followed, lost and found again; what the screens say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.cluster.errors import ClusterError
from tutor.kube.times import Clock
from tutor.lesson.choosing import choose_target
from tutor.lesson.following import Following
from tutor.lesson.problem import Problem
from tutor.lesson.recording import Recording
from tutor.lesson.session import Session
from tutor.lesson.view import Connection, ConnectionView, Traffic

LOOK_AGAIN = 3.0
"""Seconds between two looks for a cluster where there is none."""
FLUSH = 1.0
"""Seconds between two writes of the recording."""

StartPractice = Callable[[], str]
"""Starts the practice cluster, blocking; returns "" or why it did not start. Raises nothing."""


class Link:
    """The connection of one lesson. `live` is there while a cluster is followed, reachable or not."""

    def __init__(self, session: Session, clock: Clock, start_practice: StartPractice | None = None) -> None:
        self._session = session
        self._clock = clock
        self._start_practice = start_practice
        self._wake: Callable[[], None] = lambda: None
        self._version = ""
        self._why = ""
        self.timeline = Recording(session.state)
        self.target: Target | None = None
        self.live: Following | None = None

    @property
    def connection(self) -> ConnectionView:
        target, live = self.target, self.live
        if target is None or live is None:
            state = Connection.NONE if self._why else Connection.CONNECTING
            return ConnectionView(state, message=self._why or "Looking for a cluster …")
        if live.lost:
            state, message = Connection.LOST, live.lost
        elif not live.complete:
            state, message = Connection.CONNECTING, f"Asking {target.server} …"
        else:
            state, message = Connection.CONNECTED, target.note
        return ConnectionView(
            state, target.context, target.namespace, target.kind, self._version, message, target.writable
        )

    @property
    def traffic(self) -> Traffic:
        live = self.live
        if live is None:
            return Traffic(message="no cluster")
        return Traffic(live.poll_running, live.poll.via, live.poll.url, live.poll.message)

    async def set_traffic(self, running: bool) -> None:
        if self.live is not None:
            self.live.poll_running = running

    async def run(self, wake: Callable[[], None]) -> None:
        """Find a cluster and follow it until cancelled. `wake` is called whenever something changed."""
        self._wake = wake
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow())
                tasks.create_task(self._flushing())
        finally:
            self.timeline.close()

    async def _follow(self) -> None:
        while True:
            target = await self._choose()
            if target is not None:
                break
            self._wake()
            await self._clock.sleep(LOOK_AGAIN)
        try:
            cluster = await open_cluster(target, self._clock)
        except ClusterError as error:
            self._why = str(error)
            self._wake()
            return
        live = Following(cluster, self._clock, self.timeline)
        live.on_change = self._wake
        self.target, self.live, self._why = target, live, ""
        self._wake()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(live.run())
                tasks.create_task(self._ask_version(live))
        finally:
            await live.close()

    async def _choose(self) -> Target | None:
        """A cluster, or None with `_why` saying what is missing."""
        try:
            return await asyncio.to_thread(choose_target, self._session.settings)
        except Problem as problem:
            self._why = str(problem)
        if self._start_practice is None or self._session.settings.context is not None:
            return None
        self._why = "No local cluster runs: starting the practice cluster …"
        self._wake()
        failed = await asyncio.to_thread(self._start_practice)
        if failed:
            self._why = failed
            return None
        try:
            return await asyncio.to_thread(choose_target, self._session.settings)
        except Problem as problem:
            self._why = str(problem)
            return None

    async def _ask_version(self, live: Following) -> None:
        while not self._version:
            try:
                self._version = await live.cluster.version()
            except ClusterError:
                # Said by the watches already (`lost`); the version is only shown.
                await self._clock.sleep(LOOK_AGAIN)
        self._wake()

    async def _flushing(self) -> None:
        while True:
            await self._clock.sleep(FLUSH)
            self.timeline.flush()
