"""Wait on the clock, or until something happens, whichever comes first."""

from __future__ import annotations

import asyncio

from tutor.kube.times import Clock


async def pause(clock: Clock, seconds: float, *events: asyncio.Event) -> bool:
    """True where one of the events was set, at once where one is already."""
    if any(event.is_set() for event in events):
        return True
    tasks = [asyncio.ensure_future(clock.sleep(seconds)), *(asyncio.ensure_future(event.wait()) for event in events)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return any(event.is_set() for event in events)
