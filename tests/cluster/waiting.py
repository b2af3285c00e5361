"""Waiting for what other tasks do, with a clock that stands still in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.fakes import FakeClock

LONGEST = 30.0
"""Seconds of real time after which a test has failed."""


async def until(condition: Callable[[], object], clock: FakeClock | None = None, step: float = 0.1) -> None:
    """Let the loop turn, and the clock advance by `step` seconds each time, until the condition holds."""
    async with asyncio.timeout(LONGEST):
        while not condition():
            if clock is not None:
                await clock.advance(step)
            await asyncio.sleep(0.002)
