"""`homics-tutor watch`: the live view as lines."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.lesson.settings import Settings


@click.command("watch")
@common
@click.pass_context
def command(ctx: click.Context, **options: Any) -> None:
    """Print pods, restarts, versions and errors as they change, a line each, until Ctrl-C.

    What is printed is recorded too: the checks of crash, rolling-update, readiness and replicas read it.
    """
    from tutor.lesson.problem import Problem

    try:
        asyncio.run(_watch(settings_from(ctx, options)))
    except Problem as problem:
        click.echo(f"homics-tutor: {problem}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(0)


async def _watch(settings: Settings) -> None:
    from tutor.cli.practice import practice_starter
    from tutor.kube.times import SystemClock
    from tutor.lesson.connecting import Link
    from tutor.lesson.lines import Lines
    from tutor.lesson.session import open_session

    session, clock = open_session(settings), SystemClock()
    link = Link(session, clock, practice_starter(settings))
    lines = Lines(after=clock.now())
    said = ""

    def say() -> None:
        nonlocal said
        view = link.connection
        now = f"{view.state.value}: {view.context} {view.message}".strip()
        if now != said:
            said = now
            click.echo(now)

    link.timeline.on_append = lambda entry: [click.echo(line) for line in lines.of(entry)]
    work = asyncio.ensure_future(link.run(say))
    if sys.platform != "win32":
        # As Ctrl-C: the recording is closed in order.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        click.echo("stopped")
