"""A cluster that is being followed: its objects as last seen, what happened, and the application behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from tutor.cluster.api import Cluster, Target
from tutor.cluster.app import Application
from tutor.cluster.client import open_cluster
from tutor.cluster.errors import ClusterError
from tutor.cluster.reach import Reacher
from tutor.cluster.recorder import Recorder
from tutor.cluster.traffic import Poll
from tutor.cluster.watch import KINDS, News, Watcher
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered
from tutor.kube.times import Clock
from tutor.lesson.choosing import choose_target
from tutor.lesson.observing import Reach
from tutor.lesson.problem import Problem
from tutor.lesson.recording import Recording
from tutor.lesson.session import Session

READY_WITHIN = 15.0
"""Seconds that the first lists of a cluster may take."""


class Following:
    """Implements `judging.Live` on one cluster. `run` does the work; `on_change` is called after each change."""

    def __init__(self, cluster: Cluster, clock: Clock, recording: Recording, rate: float = 1.0) -> None:
        self.cluster = cluster
        self._clock = clock
        self._recording = recording
        self._recorder = Recorder()
        self.snapshot = ClusterSnapshot(cluster.target.namespace, clock.now())
        self._watcher = Watcher(cluster, clock, self._take)
        self._application = Application(cluster, lambda: self.snapshot, clock)
        self.reach: Reach = Reacher(self._application, clock)
        self.poll = Poll(self._application, clock, self._answered, lambda: self._watcher.link_up, rate=rate)
        self.poll_running = True
        self.on_change: Callable[[], None] = lambda: None
        self.version = 0
        self._news = asyncio.Event()

    @property
    def target(self) -> Target:
        return self.cluster.target

    @property
    def timeline(self) -> Recording:
        return self._recording

    @property
    def lost(self) -> str:
        """Why the API server cannot be reached at the moment; empty while it answers."""
        return self._watcher.lost

    @property
    def complete(self) -> bool:
        """Whether every kind was listed once."""
        return self.snapshot.complete >= frozenset(KINDS)

    @property
    def service_urls(self) -> Mapping[str, str]:
        return {"gateway": self.poll.url} if self.poll.url else {}

    async def crash(self) -> str:
        """Press Crash, as the learner's browser would. Returns what happened, a sentence."""
        crashed = await self._application.crash()
        return crashed.message

    async def run(self) -> None:
        """Watch and poll until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watcher.run())
            tasks.create_task(self._polling())

    async def changed(self, seen: int) -> None:
        """Wait until `version` is beyond `seen`."""
        while self.version <= seen:
            self._news.clear()
            await self._news.wait()

    async def close(self) -> None:
        await self._application.close()
        await self.cluster.close()

    async def _polling(self) -> None:
        while True:
            if self.poll_running:
                poll = asyncio.ensure_future(self.poll.run())
                try:
                    while self.poll_running and not poll.done():
                        await self._clock.sleep(0.2)
                finally:
                    poll.cancel()
                    await asyncio.gather(poll, return_exceptions=True)
            await self._clock.sleep(0.2)

    def _take(self, news: News) -> None:
        for entry in self._recorder.take(news):
            self._recording.append(entry)
        self.snapshot = self._recorder.snapshot_after(self.snapshot, news)
        self._changed()

    def _answered(self, answer: Answered) -> None:
        self._recording.append(answer)
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._news.set()
        self.on_change()


@asynccontextmanager
async def following(session: Session, clock: Clock) -> AsyncIterator[Following]:
    """The chosen cluster, followed for as long as the block lasts, with all kinds listed once.

    Raises: `Problem` where none can be chosen or it does not answer.
    """
    target = await asyncio.to_thread(choose_target, session.settings)
    try:
        cluster = await open_cluster(target, clock)
    except ClusterError as error:
        raise Problem(str(error)) from error
    recording = Recording(session.state)
    live = Following(cluster, clock, recording)
    work = asyncio.create_task(live.run())
    try:
        await _listed(live, work)
        yield live
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await live.close()
        recording.close()


async def _listed(live: Following, work: asyncio.Task[None]) -> None:
    """Wait for the first lists. Raises: `Problem` where the cluster does not answer in time."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            while not live.complete:
                if work.done():
                    work.result()
                if live.lost:
                    raise Problem(live.lost)
                seen = live.version
                waiting = asyncio.ensure_future(live.changed(seen))
                await asyncio.wait({waiting, work}, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
    except TimeoutError as error:
        server = live.target.server
        raise Problem(f"{server} did not list its objects within {READY_WITHIN:.0f} s. Is the cluster well?") from error
