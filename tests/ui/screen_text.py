"""What stands on the screen, as text."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget


def screen_text(app: App[None]) -> str:
    """The rows of the screen, as a learner reads them."""
    width, height = app.size
    rows = app.screen._compositor.render_strips()
    return "\n".join(row.text[:width].rstrip() for row in rows[:height])


def text_of(widget: Widget) -> str:
    """The part of the screen that a widget has."""
    region = widget.region
    rows = widget.screen._compositor.render_strips()[region.y : region.bottom]
    return "\n".join(row.crop(region.x, region.right).text.rstrip() for row in rows)


async def until(pilot: Pilot[None], condition: Callable[[], bool], turns: int = 500) -> None:
    """Wait for something that takes its time, such as a worker; fails after so many turns."""
    for _ in range(turns):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"it did not come to pass; the screen:\n{screen_text(pilot.app)}")


async def settled(pilot: Pilot[None]) -> str:
    """Let everything that was asked for be drawn, and read the screen."""
    await pilot.pause()
    await pilot.pause()
    return screen_text(pilot.app)
