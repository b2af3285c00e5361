"""`homics-tutor steps`: the course and where the learner stands."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, say


@click.command("steps")
@common
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """List the steps and where you stand."""
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        session = open_session(settings_from(ctx, options))
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    here = session.progress.resume(step.slug for step in session.course.steps)
    for step in session.course.steps:
        progress = session.progress.of(step.slug)
        state = "passed" if progress.passed else "begun" if progress.begun_at is not None else "to do"
        mark = ">" if step.slug == here else " "
        bonus = "  (bonus)" if step.bonus else ""
        say(step.title + bonus, f"{mark} {step.number:>2}  {step.slug:<20} {state:<7} ", " " * 6)
    for message in session.messages:
        complain(message, name=False)
