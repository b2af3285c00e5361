"""`homics-tutor solution STEP`: the reference, once the step is done, or in instructor mode."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain


@click.command("solution")
@click.argument("step", required=False)
@common
@click.pass_context
def command(ctx: click.Context, /, step: str | None, **options: Any) -> None:
    """Show the reference solution of a step that is done, and the other correct ways."""
    from tutor.content.read_file import read_bytes
    from tutor.content.sections import OTHER_WAYS, section
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
        if any(file not in files for file in wanted.files):
            raise Problem(f"The solution of {wanted.slug} is missing from this installation. Install it again.")
        if not files:
            click.echo(f"{wanted.slug} writes no file: what to do there is an action, and the step's text names it.")
        for file, path in files.items():
            click.echo(f"# {file}")
            exists, data, error = read_bytes(path)
            if error or not exists:
                raise Problem(f"The solution of {wanted.slug} is missing from this installation. Install it again.")
            click.echo(data.decode("utf-8", "replace").rstrip())
        if ways := section(wanted.done, OTHER_WAYS):
            click.echo(f"\n{OTHER_WAYS}\n{ways}")
    except Problem as problem:
        complain(problem)
        sys.exit(2)
