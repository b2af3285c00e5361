"""From the learner's wish to the cluster and back: asks before the first write, runs, shows what was said."""

from __future__ import annotations

from textual.screen import Screen

from tutor.lesson.view import ActionResult, LessonPort
from tutor.ui.dialogs.confirm import Confirm
from tutor.ui.widgets.result_bar import ResultBar


async def carry_out(screen: Screen[object], lesson: LessonPort, action: str) -> ActionResult | None:
    """Runs in a worker. None: the learner said no. One action at a time."""
    bar = screen.query_one(ResultBar)
    command = lesson.preview(action)
    question = lesson.needs_confirmation(action)
    if question and not await screen.app.push_screen_wait(Confirm(question, command, yes="Yes, go on")):
        screen.notify("Nothing was done.")
        return None
    bar.running = command
    try:
        bar.result = await lesson.act(action)
    finally:
        bar.running = ""
    return bar.result
