"""The end by Ctrl-C: one line where it helps, exit code 130, no traceback."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from tutor.cli.saying import complain

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended: 128 and the number of the signal, as shells count it."""


@contextmanager
def interruptible(said: str) -> Iterator[None]:
    """Ctrl-C inside of this ends the command with the line `said`."""
    try:
        yield
    except KeyboardInterrupt:
        stop(said)


def stop(said: str = "") -> NoReturn:
    """End the command as interrupted."""
    signal.signal(signal.SIGINT, _at_once)
    if sys.stderr.isatty():
        click.echo(err=True)  # The terminal has written ^C.
    if said:
        complain(said, name=False)
    sys.exit(INTERRUPTED)


def lose_no_interrupt() -> None:
    """Ctrl-C that comes while Python cleans an object up is thrown away by Python, with a traceback; have it again."""
    usual = sys.unraisablehook

    def again(lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            usual(lost)
            return
        # A little later: now it would be thrown away once more.
        timer = threading.Timer(0.01, _thread.interrupt_main)
        timer.daemon = True
        timer.start()

    sys.unraisablehook = again


def _at_once(_number: int, _frame: FrameType | None) -> None:
    """A second Ctrl-C, while threads are waited for: nobody is to see the interpreter's complaint about that."""
    os._exit(INTERRUPTED)
