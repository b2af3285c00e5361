"""Notices that this process did not run for a while: the machine slept, it was stopped, or its loop was held up.

Or that its clock was set, ahead or back. Then nothing was seen, and what waited in the connections is older than the
moment at which it is read. Only the time of day shows it in every case: the monotonic clocks of Linux and macOS stand
still while the machine sleeps.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor.kube.times import Clock

BEAT = 1.0
"""Seconds between two looks at the clock, at most."""
ASLEEP = 4.0
"""Seconds between two looks that mean that nobody watched: a beat, and what a busy machine may take."""


class Vigil:
    """`now` before anything that was read is dated: whatever task runs first after a sleep, it notices."""

    def __init__(self, clock: Clock, on_sleep: Callable[[float, float], None]) -> None:
        """`on_sleep(since, until)`: when this process certainly ran for the last time, and when it runs again. Where
        the clock was set back `until` is the earlier one."""
        self._clock = clock
        self._on_sleep = on_sleep
        self._looked_at: float | None = None
        self.woke_at = float("-inf")
        """The end of the last sleep."""

    def now(self) -> float:
        """The time. A sleep is told of first."""
        now = self._clock.now()
        last, self._looked_at = self._looked_at, now
        if last is not None and now - last > ASLEEP:
            self.woke_at = now
            self._on_sleep(last, now)
        elif last is not None and last - now > ASLEEP:
            # The clock was set back: what was dated before is of a time that is still to come.
            self.woke_at = now
            self._on_sleep(last, now)
        elif now < self.woke_at:
            self.woke_at = now
        return now

    async def run(self) -> None:
        """Until cancelled."""
        self.now()
        while True:
            await self._clock.sleep(BEAT)
            self.now()
