"""`homics-tutor watch`: the live view as lines."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.options import common, settings_from
from tutor.cli.outlet import Outlet
from tutor.cli.saying import complain
from tutor.cli.stopping import stop
from tutor.lesson.settings import Settings

if TYPE_CHECKING:
    from tutor.core.timeline import Entry
    from tutor.kube.times import Clock
    from tutor.lesson.connecting import Link


@click.command("watch")
@click.option(
    "--rate",
    type=click.FloatRange(1, 10),
    default=1.0,
    metavar="N",
    help="How often a second the version is asked for, 1 to 10.",
)
@common
@click.pass_context
def command(ctx: click.Context, /, rate: float, **options: Any) -> None:
    """Print pods, restarts, versions and errors as they change, a line each, until Ctrl-C.

    What is printed is recorded too: the checks of crash, rolling-update, readiness and replicas read it.
    """
    from tutor.lesson.problem import Problem

    summary: list[str] = []
    try:
        asyncio.run(_watch(settings_from(ctx, options), rate, summary.append))
    except KeyboardInterrupt:
        stop(" ".join(["Stopped.", *summary]))
    except Problem as problem:
        complain(problem)
        sys.exit(2)


async def _watch(settings: Settings, rate: float, end: Callable[[str], object]) -> None:
    """Until cancelled; `end` is told what became of what was seen."""
    from tutor.cli.practice import practice_starter
    from tutor.kube.times import SystemClock
    from tutor.lesson.connecting import Link
    from tutor.lesson.session import open_session

    session, clock = open_session(settings), SystemClock()
    link = Link(session, clock, practice_starter(settings), rate)
    for message in session.messages:
        complain(message, name=False)
    printer = _Printer(link, clock)
    work = asyncio.ensure_future(link.run(printer.changed))
    printer.stop = work.cancel
    link.timeline.on_append = printer.entry
    if sys.platform != "win32":
        # As Ctrl-C: the recording is closed in order.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        if (here := asyncio.current_task()) is not None and here.cancelling():
            raise  # Ctrl-C; the caller says so.
        printer.say(f"stopped. {link.timeline.summary}")
    finally:
        end(link.timeline.summary)
        printer.close()
    if printer.failure is not None:
        raise printer.failure


class _Printer:
    """Prints the connection, the state at the beginning, and each change; ends when nobody reads any more."""

    def __init__(self, link: Link, clock: Clock) -> None:
        from tutor.lesson.lines import Lines

        self._link = link
        self._clock = clock
        self._lines = Lines()
        self._begun = False
        self._said = ("", "")
        """The connection, and what is wrong with the recording, as told last."""
        self._outlet = Outlet(lambda: self.stop())
        self.stop: Callable[[], object] = lambda: None
        """Called when nobody reads any more."""

    def changed(self) -> None:
        view, live = self._link.connection, self._link.live
        place = f"{view.state.value}: {view.context}".removesuffix(": ")
        now = f"{place}{'. ' if view.context else ': '}{view.message}" if view.message else place
        if self._begun and view.state.value == "connecting":
            # After a sleep everything is listed anew: the line that tells of the sleep says enough.
            now = self._said[0]
        problem = self._link.timeline.problem
        for text in (now, problem):
            if text and text not in self._said:
                self._say_now(text)
        if self._said[1] and not problem:
            self._say_now("What happens is recorded again.")
        self._said = (now, problem)
        if not self._begun and live is not None and live.complete and not live.lost:
            self._begun = True
            for line in self._lines.begin(self._link.timeline, self._clock.now()):
                self.say(line)
            if self._link.traffic.theirs:
                self.say("Another tutor of this folder makes the calls and records; the rate of the calls is its own.")

    def entry(self, entry: Entry) -> None:
        from tutor.core.timeline import LinkChanged

        # The connection is told of by `changed`, also where another tutor records.
        lines = self._lines.of(entry) if self._begun else []
        for line in lines if not isinstance(entry, LinkChanged) else []:
            self.say(line)

    def _say_now(self, text: str) -> None:
        from tutor.lesson.lines import clock_time

        self.say(f"{clock_time(self._clock.now())}  {text}" if self._begun else text)

    def say(self, line: str) -> None:
        hang = " " * 12
        # The time stands apart from what is broken at its spaces.
        begin = line[: len(hang)] if line[:1].isdigit() else ""
        self._outlet.say(line.removeprefix(begin), begin, hang)

    def close(self) -> None:
        self._outlet.close()

    @property
    def failure(self) -> OSError | None:
        """Why the lines could not be written, where somebody should hear of it."""
        return self._outlet.failure
