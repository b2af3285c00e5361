"""A cluster that is being followed: its objects as last seen, what happened, and the application behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from tutor.cluster.api import Cluster, Target
from tutor.cluster.app import Application
from tutor.cluster.client import open_cluster
from tutor.cluster.crash import SERVICE, Crashed
from tutor.cluster.errors import ClusterError
from tutor.cluster.news import Denied, Listed, Met, News, Slept
from tutor.cluster.reach import Reacher
from tutor.cluster.recorder import Recorder
from tutor.cluster.traffic import Poll
from tutor.cluster.watch import KINDS, Watcher
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered
from tutor.kube.times import Clock
from tutor.lesson.choosing import choose_target
from tutor.lesson.observing import Reach
from tutor.lesson.problem import Problem
from tutor.lesson.recording import Recording
from tutor.lesson.session import Session

NEEDED = ("Pod", "Deployment", "Service")
"""Kinds without which nothing can be said of the learner's work."""
READY_WITHIN = 15.0
"""Seconds that the first lists of a cluster may take."""
TICK = 0.25
"""Seconds between two writes of the recording, or two looks into the one of another process."""
LOOK = 0.5
"""Seconds between two looks whether the poll is to run."""
WAY_AGAIN = 10.0
"""Seconds between two looks for the gateway's address while another process polls."""


class Following:
    """Implements `judging.Live` on one cluster. `run` does the work; `on_change` is called after each change. `changed`
    ends with each answer of the application, too."""

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        recording: Recording,
        rate: float = 1.0,
        seen_before: ClusterSnapshot | None = None,
    ) -> None:
        """`seen_before`: the same cluster as another connection saw it, so that nothing blinks out."""
        self.cluster = cluster
        self._clock = clock
        self._recording = recording
        self._recorder = Recorder()
        self._recording.on_recording = self._look_first
        self.snapshot = (
            seen_before.unlisted() if seen_before else ClusterSnapshot(cluster.target.namespace, clock.now())
        )
        self._watcher = Watcher(cluster, clock, self._take)
        self._application = Application(cluster, lambda: self.snapshot, clock)
        self.reach: Reach = Reacher(self._application, clock)
        self._recording.on_taking_over = lambda: self._watcher.awake_since
        self.poll = Poll(
            self._application,
            clock,
            self._answered,
            lambda: self._watcher.link_up,
            rate,
            self._nobody_to_ask,
            lambda: self._watcher.awake_since,
        )
        self._service_seen = False
        self._nobody = ""
        self._outcome: tuple[str, ...] = ()
        """Of the last call of the poll."""
        self.poll_running = True
        self.on_change: Callable[[], None] = lambda: None
        self.version = 0
        self._world: str | None = None
        self._met = False
        self.denied: dict[str, str] = {}
        self._news = asyncio.Event()

    def _nobody_to_ask(self) -> str:
        """Before user was ever there its absence is no error: the course has not come so far."""
        listed = "Service" in self.snapshot.complete
        there = self.snapshot.get("Service", SERVICE) is not None
        self._service_seen = self._service_seen or (listed and there)
        why = ""
        if not listed and "Service" not in self.denied:
            why = "The cluster has not shown its Services yet."
        elif listed and not self._service_seen:
            why = "There is no Service user yet: nobody is asked for a version."
        if why != self._nobody:
            self._nobody = why
            self._changed()
        return why

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
        """Whether every kind was listed once, or denied."""
        return self.snapshot.complete | self.denied.keys() >= frozenset(KINDS)

    @property
    def trouble(self) -> str:
        """Why nothing can be said of the learner's work though the API server answers; empty where it can."""
        place = f'the namespace "{self.target.namespace}"'
        if self._met and self._world is None:
            return (
                f'There is no namespace "{self.target.namespace}" in the cluster of the context'
                f' "{self.target.context}". Make it with kubectl create namespace {self.target.namespace}, or name'
                " another one with --namespace."
            )
        for kind in NEEDED:
            if kind in self.denied:
                return (
                    f"The API server does not let us read {place}: {self.denied[kind]}. Name a namespace or a context"
                    " that is yours, with --namespace or --context."
                )
        return ""

    @property
    def service_urls(self) -> Mapping[str, str]:
        return {"gateway": self.poll.url} if self.poll.url else {}

    async def crash(self) -> Crashed:
        """Press Crash, as the learner's browser would."""
        return await self._application.crash()

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

    def _polls(self) -> bool:
        """Whether this process polls: it is wanted, and nobody else records for this folder."""
        return self.poll_running and self._recording.records

    async def _polling(self) -> None:
        while True:
            if self._polls():
                await self.poll.run(self._polls)
            elif self._watcher.link_up:
                # Another process polls, or nobody does: the address is shown all the same.
                await self._application.find_way()
                for _ in range(round(WAY_AGAIN / LOOK)):
                    if self._polls():
                        break
                    await self._clock.sleep(LOOK)
            await self._clock.sleep(LOOK)

    def _take(self, news: News) -> None:
        match news:
            case Met(world, at):
                self._meet(world, at)
            case Slept(since, at):
                self._recording.slept(since, at)
                # How things are now is known when they are listed again.
                self.snapshot = self.snapshot.unlisted()
            case Denied(kind, reason, _):
                self.denied[kind] = reason
            case Listed(kind, _, _):
                self.denied.pop(kind, None)
        for entry in self._recorder.take(news):
            self._recording.append(entry)
        self.snapshot = self._recorder.snapshot_after(self.snapshot, news)
        self._changed()

    def _meet(self, world: str | None, at: float) -> None:
        if self._met and world == self._world:
            return
        first, self._met, self._world = not self._met, True, world
        if first or world is not None:
            self._recording.begin(self.target, world or "", at)
            self._recorder = Recorder(self._recording)
            self._look_first()

    def _look_first(self) -> None:
        """This process records from now on: what differs from the last entry of everything is new."""
        self._recorder = Recorder(self._recording)
        for kind in self.snapshot.complete:
            listed = Listed(kind, self.snapshot.list(kind), self._clock.now())
            for entry in self._recorder.take(listed):
                self._recording.append(entry)

    def _answered(self, answer: Answered) -> None:
        """An answer each second that says what the last one said is recorded, and no reason to draw and judge all."""
        outcome = (answer.version, answer.error, answer.via, self.poll.message)
        self._recording.append(answer)
        if outcome != self._outcome or answer.error:
            self._outcome = outcome
            self._changed()
        else:
            self._noted()

    def _changed(self) -> None:
        self._noted()
        self.on_change()

    def _noted(self) -> None:
        self.version += 1
        self._news.set()


@asynccontextmanager
async def following(session: Session, clock: Clock) -> AsyncIterator[Following]:
    """The chosen cluster, followed for as long as the block lasts, with all kinds listed once.

    Raises: `Problem` where none can be chosen, it does not answer, or shows us nothing of the learner's work.
    """
    target = await asyncio.to_thread(choose_target, session.settings)
    try:
        cluster = await open_cluster(target, clock)
    except ClusterError as error:
        raise Problem(str(error)) from error
    recording = Recording(session.state)
    live = Following(cluster, clock, recording)
    work = asyncio.create_task(_working(live, recording, clock))
    try:
        await _listed(live, work)
        yield live
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await live.close()
        recording.close(clock.now())


async def _working(live: Following, recording: Recording, clock: Clock) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(live.run())
        tasks.create_task(ticking(recording, clock))


async def ticking(recording: Recording, clock: Clock) -> None:
    """Write, or read what another process writes, until cancelled."""
    while True:
        await recording.due()
        await clock.sleep(TICK)
        recording.tick(clock.now())


async def _listed(live: Following, work: asyncio.Task[None]) -> None:
    """Wait for the first lists. Raises: `Problem` where the cluster does not answer in time."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            while True:
                if work.done():
                    work.result()
                if live.lost or live.trouble:
                    raise Problem(live.lost or live.trouble)
                if live.complete:
                    return
                waiting = asyncio.ensure_future(live.changed(live.version))
                await asyncio.wait({waiting, work}, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
    except TimeoutError as error:
        server = live.target.server
        raise Problem(f"{server} did not list its objects within {READY_WITHIN:.0f} s. Is the cluster well?") from error
