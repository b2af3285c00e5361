"""`homics-tutor demo`: the course plays itself."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.lesson.settings import Settings

NAMESPACE = "homics-demo"


@click.command("demo")
@click.option("--headless", is_flag=True, help="One line a check and an exit code, no screen.")
@click.option("--step", help="Play up to this step and stop.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, help="How fast the pauses between the acts pass.")
@common
@click.pass_context
def command(ctx: click.Context, /, headless: bool, step: str | None, speed: float, **options: Any) -> None:
    """Play the reference solutions through every step, live, in a namespace and a folder of its own."""
    from tutor.lesson.problem import Problem

    settings = settings_from(ctx, options)
    try:
        sys.exit(asyncio.run(_play(settings, headless, step, speed)))
    except Problem as problem:
        click.echo(f"homics-tutor: {problem}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


async def _play(settings: Settings, headless: bool, last: str | None, speed: float) -> int:
    with tempfile.TemporaryDirectory(prefix="homics-demo-") as folder:
        workspace = Path(folder)
        own = replace(settings, workspace=workspace, namespace=settings.namespace or NAMESPACE)
        from tutor.lesson.staging import staged

        async with staged(own) as stage:
            steps = stage.steps_to(last)
            if headless:
                return await _headless(stage, steps)
            return await _on_screen(stage, steps, speed)


async def _headless(stage: Any, steps: Any) -> int:
    failed = False
    async for line in stage.demo(pause=0.0).play(steps):
        click.echo(f"{line.at:6.1f}s  {line.what:<6} {line.step:<20} {line.text}")
        failed = failed or line.what == "failed"
    click.echo("the course failed" if failed else f"{len(steps)} steps passed")
    return 1 if failed else 0


async def _on_screen(stage: Any, steps: Any, speed: float) -> int:
    from tutor.ui.app import TutorApp

    app = TutorApp(stage.lesson)

    async def play() -> None:
        async for line in stage.demo(pause=4.0 / speed).play(steps):
            app.notify(line.text, title=f"{line.step}: {line.what}")

    player = asyncio.ensure_future(play())
    try:
        await app.run_async()
    finally:
        player.cancel()
        await asyncio.gather(player, return_exceptions=True)
    return app.return_code or 0
