"""`homics-tutor reset STEP`: a step's files back to their starters, with a copy kept."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from tutor.cli.asking import agreed
from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, say


@click.command("reset")
@click.argument("step", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Have the files back as they were before the last reset.")
@common
@click.pass_context
def command(ctx: click.Context, /, step: str | None, yes: bool, undo: bool, **options: Any) -> None:
    """Put a step's files back to their starters. A copy of yours is kept, and --undo brings it back."""
    from tutor.content import reset as resetting
    from tutor.core import progress
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    try:
        session = open_session(settings_from(ctx, options))
        if undo:
            if step is not None:
                raise Problem("--undo takes back the last reset, whichever step it was of: leave the step out.")
            done = resetting.undo(session.workspace, session.state)
            if done is None:
                raise Problem("There is no reset to undo in this workspace.")
        else:
            wanted = session.step(step)
            files = session.workspace_files(wanted)
            if not files:
                raise Problem(f"{wanted.slug} writes no file: there is nothing to put back.")
            if not yes:
                click.echo("These files go back to their starters (a copy of yours is kept):")
                for file in files:
                    click.echo(f"  {file}")
                if not agreed("Go on?"):
                    click.echo("Nothing was changed.")
                    return
            done = resetting.reset(session.workspace, session.course.folders, session.state, files)
            session.change(lambda p: progress.restarted(p, wanted.slug, time.time()))
    except (Problem, resetting.ResetFailed) as problem:
        complain(problem)
        sys.exit(2)
    for file in done.files:
        click.echo(f"{file} was put back.")
    for file in done.unchanged:
        click.echo(f"{file} is its starter already.")
    if done.backup is not None:
        say(f"What was there is kept in {done.backup}; `homics-tutor reset --undo` brings it back.")
