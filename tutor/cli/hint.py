"""`homics-tutor hint STEP`: three tiers a task, the first that was not opened yet, or the one asked for."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, say


@click.command("hint")
@click.argument("step", required=False)
@click.option(
    "--tier", type=click.IntRange(1, 3), help="1 a question, 2 the concept and its page, 3 the fields to write."
)
@common
@click.pass_context
def command(ctx: click.Context, /, step: str | None, tier: int | None, **options: Any) -> None:
    """Show a hint for a step (default: the one where you are). Each call opens one more."""
    from tutor.lesson.hints import open_hint
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        session = open_session(settings_from(ctx, options))
        wanted = session.step(step)
        hint = open_hint(session, wanted, tier)
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    say(f"{wanted.slug} · {hint.task.title} · hint {hint.tier} of 3\n")
    say(hint.text)
    for message in session.messages:
        complain(message, name=False)
