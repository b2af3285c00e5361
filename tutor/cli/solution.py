"""`homics-tutor solution STEP`: the reference, once the step is done, or in instructor mode."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from


@click.command("solution")
@click.argument("step", required=False)
@common
@click.pass_context
def command(ctx: click.Context, step: str | None, **options: Any) -> None:
    """Show the reference solution of a step that is done."""
    from tutor.lesson.problem import Problem
    from tutor.lesson.session import open_session

    settings = settings_from(ctx, options)
    try:
        session = open_session(settings)
        wanted = session.step(step)
        if not (settings.instructor or session.progress.passed(wanted.slug)):
            raise Problem(
                f"The solution of {wanted.slug} opens when the step is passed. `homics-tutor hint {wanted.slug}` helps"
                " you on; an instructor adds --instructor."
            )
        files = session.course.solution(wanted.slug)
        if not files:
            click.echo(f"{wanted.slug} writes no file: what to do there is an action, and the step's text names it.")
        for file, path in files.items():
            click.echo(f"# {file}")
            click.echo(path.read_text(encoding="utf-8").rstrip())
    except Problem as problem:
        click.echo(f"homics-tutor: {problem}", err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"homics-tutor: the solution is missing from this installation ({error.strerror}).", err=True)
        sys.exit(2)
