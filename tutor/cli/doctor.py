"""`homics-tutor doctor`: looks at this machine, the cluster and the workspace."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.saying import say
from tutor.lesson.settings import Settings


@click.command("doctor")
@click.option("--no-registry", is_flag=True, help="Do not ask Docker Hub how many pulls are left.")
@common
@click.pass_context
def command(ctx: click.Context, /, no_registry: bool, **options: Any) -> None:
    """Look at this machine, the cluster and the workspace, and say what to do.

    Nothing is changed. Exit code 0: the exercise can be done. 1: something is in the way.
    """
    ctx.exit(asyncio.run(_examine(settings_from(ctx, options), no_registry)))


async def _examine(settings: Settings, no_registry: bool) -> int:
    from tutor.kube.times import SystemClock
    from tutor.lesson.doctor.advice import Mark
    from tutor.lesson.doctor.examine import examine

    signs = _signs()
    seen: list[Mark] = []
    async for advice in examine(settings, SystemClock(), ask_registry=not no_registry):
        seen.append(advice.mark)
        begin = f"{signs[advice.mark]} {advice.about:<11} "
        for line in advice.found.splitlines() or [""]:
            say(line, begin, " " * len(begin))
            begin = " " * len(begin)
        for line in advice.do.splitlines():
            say(line, begin, begin)
    worst = seen.count(Mark.BAD), seen.count(Mark.WARN), seen.count(Mark.UNKNOWN)
    say(f"{worst[0]} in the way, {worst[1]} to know of, {worst[2]} could not be looked at")
    return 1 if worst[0] else 0


def _signs() -> dict[Any, str]:
    from tutor.lesson.doctor.advice import Mark

    signs = {Mark.OK: "✓", Mark.WARN: "!", Mark.BAD: "✗", Mark.UNKNOWN: "?"}
    try:
        "".join(signs.values()).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return {Mark.OK: "ok  ", Mark.WARN: "warn", Mark.BAD: "BAD ", Mark.UNKNOWN: "?   "}
    return signs
