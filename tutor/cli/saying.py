"""Sentences of the tutor on standard output and standard error, broken at words where a terminal shows them."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import click

from tutor.cli.wrapping import prose, wrapped


def say(text: str, begin: str = "", hang: str = "") -> None:
    """`text` behind `begin` on standard output; what does not fit goes on behind `hang`."""
    click.echo(wrapped(text, terminal_width(sys.stdout), begin, hang))


def say_prose(markdown: str) -> None:
    """A text of the course on standard output."""
    click.echo(prose(markdown, terminal_width(sys.stdout)))


def complain(problem: object, *, name: bool = True) -> None:
    """What is wrong, on standard error, after the program's name unless `name` is False."""
    text = f"homics-tutor: {problem}" if name else str(problem)
    click.echo(wrapped(text, terminal_width(sys.stderr)), err=True)


def terminal_width(stream: TextIO) -> int | None:
    """Columns to fill of the terminal behind `stream`; None where there is no terminal, or it does not tell.

    COLUMNS can make it narrower, never wider: shells export it and forget it when the window changes. One column
    less than there is, because some terminals go to the next line already when the last one is filled.
    """
    try:
        if not stream.isatty():
            return None
        there = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return None
    wished = os.environ.get("COLUMNS", "")
    if wished.isascii() and wished.isdigit() and int(wished) > 0:
        there = min(there, int(wished)) if there else int(wished)
    return max(there - 1, 20) if there else None
