"""Start one application by the name of its stand-in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

from tutor.practice.standins import lifeline
from tutor.practice.standins.application import Application, end_on_sigterm
from tutor.practice.standins.configuration import Configuration

# Name → module with `async def run(application)`. Imported when chosen: each process pays for one.
APPLICATIONS = {
    "gateway": "gateway",
    "user-activity": "user_activity",
    "database": "database",
    "monolith": "monolith",
    "stats": "stats",
    "stock": "stock",
    "kafka": "kafka",
    "zookeeper": "zookeeper",
}
# Not an application: runs the container's own command with the built-in command set.
COMMAND = "command"


def main(arguments: Sequence[str]) -> None:
    """`NAME VERSION`; one line of configuration on standard input. Exits with the application's exit code."""
    if len(arguments) != 2 or arguments[0] not in (*APPLICATIONS, COMMAND):
        sys.exit(f"usage: standins NAME VERSION; NAME is one of {', '.join(APPLICATIONS)}")
    name, version = arguments
    line = lifeline.first_line()
    if not line:
        sys.exit("standins: no configuration on standard input")
    configuration = Configuration.parse(line)
    lifeline.hold()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]
    if name == COMMAND:
        from tutor.practice.standins.commands.container import run_command

        sys.exit(asyncio.run(run_command(configuration)))
    run: Callable[[Application], Awaitable[None]]
    run = import_module(f"tutor.practice.standins.{APPLICATIONS[name]}").run
    asyncio.run(_run(run, Application(name, version, configuration)))


async def _run(run: Callable[[Application], Awaitable[None]], application: Application) -> None:
    end_on_sigterm()
    await run(application)
