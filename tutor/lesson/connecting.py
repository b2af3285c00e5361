"""The lesson's way to a cluster: chosen, opened, followed, lost and found again; what the screens say of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.cluster.errors import BrokenKubeconfig, ClusterError
from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.times import Clock
from tutor.lesson.choosing import choose_again, choose_target
from tutor.lesson.following import Following, ticking
from tutor.lesson.problem import Problem
from tutor.lesson.recording import Part, Recording
from tutor.lesson.session import Session
from tutor.lesson.view import Connection, ConnectionView, Traffic

LOOK_AGAIN = 3.0
"""Seconds between two looks for a cluster where there is none."""
OPEN_AGAIN = 30.0
"""Seconds before a kubeconfig that could not be used is tried again as it is: it may ask the learner to sign in."""

StartPractice = Callable[[], str]
"""Starts the practice cluster, blocking; returns "" or why it did not start. Raises nothing."""
Stamp = tuple[tuple[int, int], ...]
"""(mtime in ns, size) of each file of a kubeconfig."""


class Link:
    """The connection of one lesson. `live` is there while a cluster is followed, reachable or not."""

    def __init__(
        self, session: Session, clock: Clock, start_practice: StartPractice | None = None, rate: float = 1.0
    ) -> None:
        self._session = session
        self._clock = clock
        self._start_practice = start_practice
        self._rate = rate
        self._poll_wanted = True
        self._wake: Callable[[], None] = lambda: None
        self._version = ""
        self._why = ""
        self._broken = False
        """The kubeconfig that was asked last cannot be used as it is."""
        self._starting = False
        """The practice cluster is being started for the first time: worth waiting for."""
        self._not_started = ""
        """Why the practice cluster did not start the last time."""
        self.timeline = Recording(session.state)
        self.target: Target | None = None
        self.live: Following | None = None

    @property
    def connection(self) -> ConnectionView:
        target, live = self.target, self.live
        if target is None or live is None:
            state = Connection.NONE if self._why and not self._starting else Connection.CONNECTING
            return ConnectionView(state, message=self._why or "Looking for a cluster …")
        if live.lost:
            state, message = Connection.LOST, live.lost
        elif not live.complete and not live.trouble:
            state, message = Connection.CONNECTING, f"Asking {target.server} …"
        else:
            state, message = Connection.CONNECTED, live.trouble or target.note
        return ConnectionView(
            state,
            target.context,
            target.namespace,
            target.kind,
            self._version,
            message,
            target.writable,
            target.kubeconfig,
        )

    @property
    def traffic(self) -> Traffic:
        live = self.live
        if live is None:
            return Traffic(self._poll_wanted, message="no cluster", rate=self._rate)
        poll, theirs = live.poll, self.timeline.part is Part.FOLLOWING
        return Traffic(live.poll_running, poll.via, poll.url, poll.message, poll.rate, theirs)

    async def set_traffic(self, running: bool) -> None:
        self._poll_wanted = running
        if self.live is not None:
            self.live.poll_running = running

    def set_rate(self, rate: float) -> None:
        self._rate = rate
        if self.live is not None:
            self.live.poll.rate = rate

    async def run(self, wake: Callable[[], None]) -> None:
        """Find a cluster and follow it until cancelled. `wake` is called whenever something changed."""
        self._wake = wake
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow())
                tasks.create_task(ticking(self.timeline, self._clock))
        finally:
            self.timeline.close(self._clock.now())

    async def _follow(self) -> None:
        # After a defect this begins anew: what was on the screen stays.
        seen: ClusterSnapshot | None = self.live.snapshot if self.live is not None else None
        while True:
            target = await self._choose()
            if target is None:
                self._wake()
                await self._clock.sleep(LOOK_AGAIN)
                continue
            stamp = kubeconfig_stamp(target)
            try:
                cluster = await open_cluster(target, self._clock)
            except ClusterError as error:
                self._why = str(error)
                self._wake()
                await self._until_changed(target, stamp, OPEN_AGAIN)
                continue
            same = self.target is not None and _place(self.target) == _place(target)
            live = Following(cluster, self._clock, self.timeline, self._rate, seen if same else None)
            live.poll_running = self._poll_wanted
            live.on_change = self._wake
            self.target, self.live, self._why, self._version = target, live, "", ""
            self._wake()
            await self._while_it_stands(live, target, stamp)
            seen = live.snapshot

    async def _while_it_stands(self, live: Following, target: Target, stamp: Stamp) -> None:
        """Follow until the cluster is lost and its kubeconfig has changed: a restart may give it another address."""
        work = [
            asyncio.create_task(live.run()),
            asyncio.create_task(self._ask_version(live)),
            asyncio.create_task(self._until_moved(live, target, stamp)),
        ]
        try:
            running: set[asyncio.Task[None]] = set(work)
            while not work[2].done():
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await live.close()

    async def _until_moved(self, live: Following, target: Target, stamp: Stamp) -> None:
        while True:
            await self._clock.sleep(LOOK_AGAIN)
            if not live.lost or kubeconfig_stamp(target) == stamp:
                continue
            try:
                await asyncio.to_thread(choose_again, self._session.settings, target)
            except Problem:
                # Half written, or the context is gone: what is known is still the best.
                continue
            return

    async def _until_changed(self, target: Target, stamp: Stamp, longest: float) -> None:
        until = self._clock.now() + longest
        while 0 < until - self._clock.now() <= longest and kubeconfig_stamp(target) == stamp:
            await self._clock.sleep(LOOK_AGAIN)

    async def _choose(self) -> Target | None:
        """A cluster, or None with `_why` saying what is missing. Once one was followed it is that one.

        The practice cluster is started where it is what remains: its kubeconfig outlives it.
        """
        if self.target is not None:
            return await self._look()
        target = await self._look()
        if target is None and self._broken:
            # Not even the practice cluster is looked for before that is mended.
            return None
        others_choice = target is not None and target.kind != "practice"
        if others_choice or self._start_practice is None or self._session.settings.context is not None:
            return target
        missing = self._why if target is None else ""
        # Tried again and again: why it did not start stays on the screen meanwhile.
        self._why = self._not_started or f"{missing} Starting the practice cluster …".strip()
        self._starting = not self._not_started
        self._wake()
        self._not_started = await asyncio.to_thread(self._start_practice)
        self._starting = False
        if self._not_started:
            self._why = self._not_started
            return None
        target = await self._look()
        self._not_started = self._why if target is None else ""
        return target

    async def _look(self) -> Target | None:
        settings, before = self._session.settings, self.target
        try:
            if before is not None:
                return await asyncio.to_thread(choose_again, settings, before)
            return await asyncio.to_thread(choose_target, settings)
        except Problem as problem:
            self._why = str(problem)
            self._broken = isinstance(problem.__cause__, BrokenKubeconfig)
            return None

    async def _ask_version(self, live: Following) -> None:
        while not self._version:
            try:
                self._version = await live.cluster.version()
            except ClusterError:
                # Said by the watches already (`lost`); the version is only shown.
                await self._clock.sleep(LOOK_AGAIN)
        self._wake()


def kubeconfig_stamp(target: Target) -> Stamp:
    """Tells whether one of the files was written again; a file that is gone is (0, 0)."""
    found: list[tuple[int, int]] = []
    for part in target.kubeconfig.split(os.pathsep):
        try:
            status = Path(part).stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)


def _place(target: Target) -> tuple[str, str]:
    return target.context, target.namespace
