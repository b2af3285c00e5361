"""Runs the controllers: one queue, each key in it once, errors tried again later, everything looked at now and then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence

from tutor.kube.times import Clock
from tutor.practice.controllers.controller import Controller, Key
from tutor.practice.store.errors import StatusError
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

LOG = logging.getLogger(__name__)

RESYNC_SECONDS = 300.0
# A failing key waits 5 ms, 10 ms, … as client-go's rate limiter has it, but not its 1,000 s: a learner mends things.
FIRST_RETRY_SECONDS = 0.005
LONGEST_RETRY_SECONDS = 30.0

Item = tuple[Controller, Key]


class ControllerLoop:
    """`run` it as a task; it follows the store from its construction on."""

    def __init__(self, store: Store, clock: Clock, controllers: Sequence[Controller]) -> None:
        self._clock = clock
        self._controllers = tuple(controllers)
        self._queue: dict[Item, None] = {}
        self._later: dict[Item, float] = {}
        self._failures: dict[Item, int] = {}
        self._changed = asyncio.Event()
        self._resync_at = clock.now()
        self._unsubscribe = store.subscribe(self._on_event)

    def _on_event(self, event: StoreEvent) -> None:
        for controller in self._controllers:
            self._add(controller, controller.keys(event))

    def _add(self, controller: Controller, keys: Iterable[Key]) -> None:
        for key in keys:
            self._queue[controller, key] = None
            self._changed.set()

    def close(self) -> None:
        self._unsubscribe()

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                self._move_due()
                if self._queue:
                    self.step()
                    # Between two steps the rest of the process gets its turn.
                    await asyncio.sleep(0)
                else:
                    await self._wait()
        finally:
            self.close()

    async def _wait(self) -> None:
        self._changed.clear()
        until = min([self._resync_at, *self._later.values()])
        timer = asyncio.ensure_future(self._clock.sleep(max(0.0, until - self._clock.now())))
        change = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({timer, change}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            change.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    def _move_due(self) -> None:
        now = self._clock.now()
        if now >= self._resync_at:
            self._resync_at = now + RESYNC_SECONDS
            for controller in self._controllers:
                self._add(controller, controller.all_keys())
        for item in [item for item, at in self._later.items() if at <= now]:
            del self._later[item]
            self._queue[item] = None

    def step(self) -> None:
        """Reconcile the key that waits longest."""
        item = next(iter(self._queue))
        del self._queue[item]
        controller, key = item
        try:
            again = controller.reconcile(key)
        except StatusError as refusal:
            LOG.info("%s %s: %s", controller.name, "/".join(key), refusal)
            self._retry(item)
        except Exception:
            # A defect of one controller must not stop the others; the log has it, and the key is tried again.
            LOG.exception("%s %s", controller.name, "/".join(key))
            self._retry(item)
        else:
            self._failures.pop(item, None)
            if again is not None:
                self._later[item] = min(self._later.get(item, float("inf")), self._clock.now() + again)

    def _retry(self, item: Item) -> None:
        failures = self._failures.get(item, 0)
        self._failures[item] = failures + 1
        wait = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(failures, 20))
        self._later[item] = self._clock.now() + wait

    def settle(self, *, most: int = 10_000) -> None:
        """Without waiting: until nothing is left to do at this moment. For tests. Raises: RuntimeError if never."""
        self._move_due()
        for _ in range(most):
            if not self._queue:
                return
            self.step()
            self._move_due()
        raise RuntimeError("the controllers do not come to rest")
