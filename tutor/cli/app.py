"""The tutor itself: the screen, or lines of text where a screen cannot be drawn."""

from __future__ import annotations

import asyncio
import os
import sys

from tutor.cli.collecting import collecting_later
from tutor.cli.saying import complain, say
from tutor.cli.stopping import interruptible
from tutor.lesson.problem import Problem
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection, ConnectionView

LEFT = "Your files and your progress are kept, and a practice cluster goes on: `homics-tutor cluster stop` ends it."

GOES_ON = "Your files and your progress are kept. The practice cluster goes on: `homics-tutor cluster stop` ends it."


def open_tutor(settings: Settings) -> int:
    """Open the tutor in this terminal. Returns the exit code."""
    from tutor.cli.practice import practice_starter
    from tutor.lesson.opening import open_lesson

    try:
        lesson = open_lesson(settings, start_practice=practice_starter(settings))
    except Problem as problem:
        complain(problem)
        return 2
    if plain_wanted(settings):
        from tutor.cli.plain import converse

        with interruptible(LEFT):
            code = asyncio.run(converse(lesson))
        _say_what_goes_on(lesson.view.connection)
        return code
    with collecting_later() as settled:
        from tutor.ui.app import TutorApp

        app = TutorApp(lesson, settled)
        app.run()
    if app.defect is not None:
        from tutor.cli.defect import report_defect

        return report_defect(app.defect)
    _say_what_goes_on(lesson.view.connection)
    return app.return_code or 0


def _say_what_goes_on(link: ConnectionView) -> None:
    """A cluster that the tutor may have started does not end with it. Of one that does not answer nothing is known."""
    if link.kind == "practice" and link.state is not Connection.LOST:
        say(GOES_ON)


def plain_wanted(settings: Settings) -> bool:
    """Whether lines are the right thing: asked for, no terminal, or one that cannot move its cursor."""
    return (
        settings.plain
        or not (sys.stdin.isatty() and sys.stdout.isatty())
        or (os.name != "nt" and os.environ.get("TERM", "") in ("", "dumb"))
    )
