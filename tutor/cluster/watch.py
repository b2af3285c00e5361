"""Follow a cluster: list → watch → relist for each kind, and one pulse that tells whether the API server is there.

A stream that ends goes on where it stood. What is gone for good (410) is listed anew: the receiver compares, so nothing
blinks out. So is everything after a time in which nobody watched: this process slept, or the connection was lost. The
latter is said once; then only the pulse asks, with growing pauses, until the API server answers again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tutor.cluster.api import Cluster
from tutor.cluster.errors import ClusterError, Expired, NotFoundError, Refused, Unauthorised, Unreachable
from tutor.cluster.news import Changed, Denied, LinkLost, LinkRestored, Listed, Met, News, Slept
from tutor.cluster.vigil import Vigil
from tutor.kube.times import Clock

KINDS = ("Pod", "Deployment", "ReplicaSet", "Service", "EndpointSlice", "Event", "HorizontalPodAutoscaler")
PULSE = 3.0
"""Seconds without any news after which the API server is asked whether it is there."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Seconds between two attempts to get back, doubling; no longer, since a learner waits in front of the screen."""
MEET_AGAIN = 30.0
"""Seconds between two looks whether the namespace is still the same one."""
MADE_BY_HAND = frozenset({"Deployment", "Service"})
"""Kinds that are seldom deleted: by a learner, or with their namespace."""
FIRST_ABSENT, ABSENT_PAUSE = 2.0, 60.0
"""Seconds before a kind is asked for again that the server does not have or does not show, doubling: an API server
that was just started refuses for a moment what it shows then."""


class Watcher:
    """Tells `on_news` of everything, in the order in which it came, with the time at which it was read."""

    def __init__(
        self, cluster: Cluster, clock: Clock, on_news: Callable[[News], None], kinds: tuple[str, ...] = KINDS
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._vigil = Vigil(clock, self._wake)
        self._tell = on_news
        self._kinds = kinds
        self._up = asyncio.Event()
        self._doubt = asyncio.Event()
        self._emptied = asyncio.Event()
        """Something went away that does so when its namespace goes."""
        self._heard_at = float("-inf")
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._versions: dict[str, str] = {}
        self._denied: set[str] = set()
        self._world: str | None = None
        self._ending = False
        """Whether the namespace is being deleted."""
        self.lost = ""
        """Why it cannot be reached at the moment; empty while it answers, and before the first answer is due."""

    @property
    def link_up(self) -> bool:
        return self._up.is_set()

    @property
    def awake_since(self) -> float:
        """When this process woke up for the last time. What was asked before that tells nothing of now."""
        self._vigil.now()
        return self._vigil.woke_at

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._vigil.run())
            tasks.create_task(self._pulse())
            tasks.create_task(self._keep_meeting())
            for kind in self._kinds:
                tasks.create_task(self._keep(kind))

    # One kind.

    async def _keep(self, kind: str) -> None:
        """Have a stream of the kind whenever the link is up; one that was cancelled is begun again."""
        while True:
            await self._up.wait()
            stream = asyncio.create_task(self._follow(kind), name=f"watch {kind}")
            self._streams[kind] = stream
            try:
                await asyncio.wait({stream})
            finally:
                if not stream.done():
                    stream.cancel()
                    with suppress(asyncio.CancelledError):
                        await stream
            if not stream.cancelled():
                stream.result()

    async def _follow(self, kind: str) -> None:
        """Streams of a kind one after the other, until the link is lost."""
        pause, failed, absent = FIRST_PAUSE, 0, FIRST_ABSENT
        while self._up.is_set():
            began = self._clock.now()
            try:
                if not self._versions.get(kind):
                    await self._list(kind)
                if await self._stream(kind):
                    pause, failed, absent = FIRST_PAUSE, 0, FIRST_ABSENT
                    continue
            except Expired:
                self._versions.pop(kind, None)
            except (Refused, NotFoundError) as error:
                self._deny(kind, str(error))
                await self._clock.sleep(absent)
                absent = min(absent * 2, ABSENT_PAUSE)
                continue
            except ClusterError as error:
                self._doubt.set()
                failed += 1
                if failed > 1 or getattr(error, "kind", "") in ("server", "timeout"):
                    # A server whose memory is younger than our version (restored, made anew) answers so for ever. And
                    # a stream that fell silent showed nothing for a while: what it missed has no exact time.
                    self._versions.pop(kind, None)
            if self._clock.now() - began > LONGEST_PAUSE:
                # It went well for a while: this failure is the first one.
                pause, failed = FIRST_PAUSE, 0
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _deny(self, kind: str, reason: str) -> None:
        self._versions.pop(kind, None)
        now = self._heard()
        if kind not in self._denied:
            self._denied.add(kind)
            self._tell(Denied(kind, reason, now))

    async def _list(self, kind: str) -> None:
        asked_at = self._vigil.now()
        objects, version = await self._cluster.list(kind)
        now = await self._heard_since(asked_at)
        self._versions[kind] = version
        self._denied.discard(kind)
        self._tell(Listed(kind, tuple(objects), now))

    async def _stream(self, kind: str) -> bool:
        """One stream to its end; whether it brought anything."""
        fruitful = False
        began = self._vigil.now()
        async for event in self._cluster.watch(kind, self._versions[kind]):
            now = await self._heard_since(began)
            fruitful = True
            metadata = event.object.get("metadata") or {}
            self._versions[kind] = str(metadata.get("resourceVersion") or self._versions[kind])
            if event.type != "BOOKMARK" and metadata.get("name"):
                self._tell(Changed(kind, event.type, event.object, now))
                if event.type == "DELETED" and kind in MADE_BY_HAND:
                    self._emptied.set()
        # An end after a while is the server's usual time limit; one at once must not become a tight loop.
        return fruitful or self._clock.now() - began > LONGEST_PAUSE

    # The link.

    def _heard(self) -> float:
        self._heard_at = now = self._vigil.now()
        return now

    async def _heard_since(self, asked_at: float) -> float:
        """The time, for a stream to date what it read with. One that was asked for before a sleep ends here."""
        now = self._heard()
        if not self._vigil.woke_at <= asked_at <= now:
            # It was cancelled by `_wake`, as all streams were.
            await asyncio.sleep(0)
        return now

    async def _pulse(self) -> None:
        """Ask whether the API server is there: at once in doubt, else when nothing was heard for a while."""
        pause = FIRST_PAUSE
        while True:
            asked_at = self._vigil.now()
            try:
                await self._cluster.alive()
            except (Unreachable, Unauthorised) as error:
                if not self.awake_since <= asked_at <= self._clock.now():
                    # The connection did not outlive the sleep; that says nothing of the API server.
                    continue
                self._lose(str(error))
                await self._clock.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            except ClusterError:
                # It answers, if only to refuse: who may not ask for the version may still read Pods.
                pass
            pause = FIRST_PAUSE
            await self._restore()
            await self._idle()

    async def _idle(self) -> None:
        """Wait until there is a doubt, or nothing was heard for `PULSE` seconds."""
        while not self._doubt.is_set():
            # One pulse at least lies between two questions. A clock that was set back tells nothing of the quiet.
            quiet = self._clock.now() - self._heard_at
            remaining = PULSE - quiet if 0 <= quiet < PULSE else PULSE
            await self._sleep(remaining, self._doubt)
            if not 0 <= self._clock.now() - self._heard_at < PULSE:
                break
        self._doubt.clear()

    async def _sleep(self, seconds: float, unless: asyncio.Event) -> None:
        """Sleep, or wait for the event where that comes first."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        event = asyncio.ensure_future(unless.wait())
        try:
            await asyncio.wait({sleep, event}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            event.cancel()

    def _lose(self, reason: str) -> None:
        told = bool(self.lost)
        self._up.clear()
        # A stream that went on where it stood would date what happened meanwhile by its coming back.
        self._versions.clear()
        self.lost = reason
        if not told:
            self._tell(LinkLost(reason, self._vigil.now()))
        self._end_streams()

    async def _restore(self) -> None:
        if self._up.is_set():
            return
        try:
            await self._meet(first=True)
        except ClusterError:
            # Away again already: the next pulse says so.
            self._doubt.set()
            return
        self._up.set()
        self.lost = ""
        self._tell(LinkRestored(self._heard()))

    async def _meet(self, *, first: bool) -> None:
        """Ask which namespace this is. Raises: `Unreachable`, `Unauthorised`."""
        name = self._cluster.target.namespace
        try:
            found = await self._cluster.get("Namespace", name)
            self._ending = found is not None and "deletionTimestamp" in found["metadata"]
            world = None if found is None else str(found["metadata"].get("uid", ""))
        except (Refused, NotFoundError):
            world = ""
        if first or world != self._world:
            self._world = world
            self._tell(Met(world, self._vigil.now()))

    async def _keep_meeting(self) -> None:
        """A missing namespace is made by the learner sooner or later; one that is there may be made anew."""
        while True:
            soon = self._world is None or self._ending
            await self._sleep(PULSE if soon else MEET_AGAIN, self._emptied)
            self._emptied.clear()
            await self._up.wait()
            try:
                await self._meet(first=False)
            except ClusterError:
                self._doubt.set()

    def _wake(self, since: float, at: float) -> None:
        """Nothing that was asked for before the sleep counts any more, whichever of its readers runs first. The pulse
        asks whether the API server is there still, and the same; then all is listed."""
        self._versions.clear()
        self._up.clear()
        self._end_streams()
        self._doubt.set()
        self._tell(Slept(since, at))
        if self.lost:
            self._tell(LinkLost(self.lost, at))

    def _end_streams(self) -> None:
        for stream in self._streams.values():
            stream.cancel()
