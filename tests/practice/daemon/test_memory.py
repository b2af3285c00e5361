"""After many changes memory goes back to the system."""

from __future__ import annotations

import asyncio

from tests.fakes import FakeClock
from tutor.practice.daemon import memory


async def test_memory_is_given_back_after_many_changes_and_only_then() -> None:
    clock, version, given = FakeClock(), 10, list[int]()
    task = asyncio.create_task(memory.run(clock, lambda: version, lambda: given.append(version)))
    await clock.advance(memory.SECONDS)
    assert given == []
    version += memory.MANY_CHANGES
    await clock.advance(memory.SECONDS)
    assert given == [510]
    version += 1
    for _ in range(memory.FORGOTTEN_AFTER - 1):
        await clock.advance(memory.SECONDS)
    assert given == [510]
    # Once more when the store has forgotten the changes.
    await clock.advance(memory.SECONDS)
    assert given == [510, 511]
    for _ in range(2 * memory.FORGOTTEN_AFTER):
        await clock.advance(memory.SECONDS)
    assert given == [510, 511]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_giving_back_works_on_every_system() -> None:
    memory.give_back()
