"""From a choice of the menu to the cluster: asks first, tells each line as it comes, shows what was said."""

from __future__ import annotations

from collections.abc import AsyncIterator

from textual.screen import Screen

from tutor.lesson.instructor.instructing import InstructorPort
from tutor.lesson.instructor.staging import Line, Word
from tutor.lesson.view import ActionResult
from tutor.ui.dialogs.confirm import Confirm
from tutor.ui.instructor.choices import APPLY, FAULT, HEAL, RESTORE, STAGE, STAGE_FILES, Choice
from tutor.ui.widgets.result_bar import ResultBar


async def carry_out_choice(screen: Screen[None], instructor: InstructorPort, choice: Choice, slug: str) -> None:
    """Runs in a worker; one at a time."""
    bar = screen.query_one(ResultBar)
    question = instructor.question(choice.doing)
    if question and not await screen.app.push_screen_wait(Confirm(question, yes="Yes, go on")):
        screen.notify("Nothing was done.")
        return
    bar.result = None
    bar.running = choice.doing
    try:
        bar.result = await _do(bar, instructor, choice, slug)
    finally:
        bar.running = ""


async def _do(bar: ResultBar, instructor: InstructorPort, choice: Choice, slug: str) -> ActionResult:
    if choice.id == APPLY:
        return await instructor.apply_reference(slug)
    if choice.id in (STAGE, STAGE_FILES):
        return await _told(bar, instructor.stage(slug, files=choice.id == STAGE_FILES))
    if choice.id.startswith(RESTORE):
        return await _told(bar, instructor.restore(int(choice.id.removeprefix(RESTORE))))
    if choice.id == HEAL:
        return await instructor.heal()
    return await instructor.inject(choice.id.removeprefix(FAULT))


async def _told(bar: ResultBar, lines: AsyncIterator[Line]) -> ActionResult:
    """Shows what is done, line by line; the answer is the last one."""
    said: list[str] = []
    last = Line(Word.FAILED, "Nothing was done.")
    async for line in lines:
        last = line
        said.append(line.text)
        bar.progress = tuple(said)
    return ActionResult(last.ok, "", "\n".join(said))
