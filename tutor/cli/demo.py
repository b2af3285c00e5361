"""`homics-tutor demo`: the course plays itself."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain, say
from tutor.cli.stopping import interruptible
from tutor.lesson.settings import Settings

if TYPE_CHECKING:
    from tutor.core.step import Step
    from tutor.lesson.demo import Demo, Played
    from tutor.lesson.demo_room import Room

PAUSE = 4.0
"""Seconds for reading between two acts, at speed 1."""


@click.command("demo")
@click.option("--headless", is_flag=True, help="One line a check and an exit code, no screen.")
@click.option("--step", "only", help="Play this step alone, on the stage that the steps before it leave.")
@click.option("--bonus", is_flag=True, help="Play the bonus steps, too.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, help="How fast the pauses between the acts pass.")
@common
@click.pass_context
def command(ctx: click.Context, /, headless: bool, only: str | None, bonus: bool, speed: float, **options: Any) -> None:
    """Play the reference solutions through every step, live, in a namespace and a folder of its own.

    Exit code 0: every check was red before its act and green after it. 1: one was not. 2: it could not be played.
    """
    from tutor.cli.app import plain_wanted
    from tutor.lesson.problem import Problem

    settings = settings_from(ctx, options)
    lines = headless or plain_wanted(settings)
    try:
        with interruptible("The demonstration was stopped. Its namespace and its folder are removed."):
            sys.exit(asyncio.run(_play(settings, lines, only, bonus, speed)))
    except Problem as problem:
        complain(problem)
        sys.exit(2)


async def _play(settings: Settings, headless: bool, only: str | None, bonus: bool, speed: float) -> int:
    from tutor.cli.practice import practice_starter
    from tutor.kube.times import SystemClock
    from tutor.lesson.demo import Demo
    from tutor.lesson.demo_room import demo_room
    from tutor.lesson.session import open_session

    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="homics-demo-") as folder:
        if only is not None:
            # Before anything is started or made: there may be no such step.
            open_session(replace(settings, workspace=Path(folder))).step(only)
        async with demo_room(settings, Path(folder), clock, practice_starter(settings)) as room:
            place = f'context "{room.target.context}", namespace "{room.target.namespace}"'
            if headless:
                say(f"The course plays in the {place}.")
            alone = room.session.step(only) if only else None
            steps = (alone,) if alone else tuple(step for step in room.session.course.steps if bonus or not step.bonus)
            demo = Demo(room, clock, 0.0 if headless else PAUSE / speed)
            return await (_headless if headless else _on_screen)(room, demo, steps, alone)


async def _lines(demo: Demo, steps: tuple[Step, ...], alone: Step | None) -> AsyncIterator[Played]:
    if alone is not None:
        async for line in demo.set_stage(alone):
            yield line
            if line.what == "failed":
                return
    async for line in demo.play(steps):
        yield line


async def _headless(room: Room, demo: Demo, steps: tuple[Step, ...], alone: Step | None) -> int:
    work = asyncio.create_task(room.lesson.run())
    checks, failed, at = 0, False, 0.0
    try:
        async for line in _lines(demo, steps, alone):
            at = line.at
            checks += line.what == "check"
            failed = failed or line.what == "failed"
            rule = f"{line.rule}: " if line.rule else ""
            begin = f"{line.at:6.1f} s  {line.what:<6}  {line.step:<18}  "
            say(rule + " ".join(line.text.split()), begin, " " * 18)
            if work.done():
                work.result()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    if failed:
        click.echo(f"The course stopped after {at:.0f} s: see the last line.")
        return 1
    click.echo(f"{len(steps)} step{'' if len(steps) == 1 else 's'} passed in {at:.0f} s, {checks} checks.")
    return 0


async def _on_screen(room: Room, demo: Demo, steps: tuple[Step, ...], alone: Step | None) -> int:
    from tutor.ui.app import TutorApp

    app = TutorApp(room.lesson)
    failed = False

    async def play() -> None:
        nonlocal failed
        async for line in _lines(demo, steps, alone):
            failed = failed or line.what == "failed"
            if line.what != "check":
                app.notify(
                    line.text,
                    title=f"{line.step}: {line.what}",
                    severity="error" if line.what == "failed" else "information",
                    markup=False,
                )

    player = asyncio.ensure_future(play())
    try:
        await app.run_async()
    finally:
        player.cancel()
        await asyncio.gather(player, return_exceptions=True)
    return app.return_code or int(failed)
