"""A question before something is changed, and what happens where nobody can answer it."""

from __future__ import annotations

import asyncio
import sys
import threading

import click

from tutor.cli.saying import terminal_width
from tutor.cli.wrapping import wrapped
from tutor.lesson.problem import Problem

UNANSWERED = "Nobody could be asked, so nothing was changed. Add --yes to go on without a question."


def agreed(question: str, *, err: bool = False) -> bool:
    """Whether the learner says yes. `err`: ask on standard error, because the output is for a pipe.

    Raises: `Problem` where the input is at its end; `click.Abort` at Ctrl-C.
    """
    width = terminal_width(sys.stderr if err else sys.stdout)
    try:
        return click.confirm(wrapped(question, width), err=err)
    except click.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise
        click.echo(err=err)
        raise Problem(UNANSWERED) from None


async def agreed_meanwhile(question: str) -> bool:
    """The same while other tasks go on. The thread that waits for the answer holds nobody up at Ctrl-C."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bool] = loop.create_future()

    def tell(said: bool | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(bool(said))

    def ask() -> None:
        said, failed = None, None
        try:
            said = agreed(question)
        except (Problem, click.Abort) as error:
            failed = error
        try:
            loop.call_soon_threadsafe(tell, said, failed)
        except RuntimeError:
            return  # The loop is closed: nobody waits for an answer any more.

    threading.Thread(target=ask, daemon=True).start()
    return await answer
