"""When the live view is drawn again: at once where something happened, else with the seconds, else hardly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

FRAME = 0.07
"""Seconds at least between two drawings."""
SHARE = 5
"""A drawing that costs much is followed by a pause of so many times its cost."""
TICK = 1.0
"""Seconds between two drawings where nothing changed: ages and the axis go on."""
CALM, CALM_TICK = 20.0, 2.0
"""Seconds without any change after which time is drawn in longer steps."""


@dataclass(slots=True)
class Pace:
    """`clock`: seconds that never go back."""

    clock: Callable[[], float] = monotonic
    _drawn_at: float = float("-inf")
    _pause: float = FRAME
    _stirred_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._stirred_at = self.clock()

    def stir(self) -> None:
        """Something happened, or the learner did something."""
        self._stirred_at = self.clock()

    def drawn(self, cost: float) -> None:
        """It was drawn just now; `cost`: seconds of the processor."""
        self._drawn_at, self._pause = self.clock(), max(FRAME, SHARE * cost)

    def left(self, *, due: bool, live: bool) -> float:
        """Seconds until the next drawing; none or less: now. `due`: what is on the screen is not what it should be;
        `live`: it shows the present, which goes on by itself. Infinite where nothing moves."""
        return self._step(due, live) - (self.clock() - self._drawn_at)

    def _step(self, due: bool, live: bool) -> float:
        if due:
            return self._pause
        if not live:
            return float("inf")
        return TICK if self.clock() - self._stirred_at < CALM else CALM_TICK
