"""Where a report goes: the file that was named, a page on a terminal to a file, everything else to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tutor.cli.asking import agreed
from tutor.cli.options import FILE
from tutor.cli.saying import complain
from tutor.lesson.problem import Problem

F = TypeVar("F", bound=Callable[..., Any])


def delivery(page: str) -> Callable[[F], F]:
    """Add --output and --yes to a command that writes `page` where its HTML would otherwise fill a terminal."""

    def with_options(function: F) -> F:
        where = f"Write to FILE. Without it: to stdout, but HTML on a terminal to {page}. - is always stdout."
        asks = "Do not ask before a file that exists is replaced."
        function = click.option("--yes", "-y", is_flag=True, help=asks)(function)
        return click.option("--output", "-o", metavar="FILE", type=FILE, help=where)(function)

    return with_options


def form_of(output: Path | None, forms: tuple[str, ...], default: str) -> str:
    """The form that the name of a file asks for. What ends with .html is opened in a browser, and read by `class`."""
    ending = output.suffix.lower().removeprefix(".") if output is not None else ""
    form = "html" if ending == "htm" else ending
    return form if form in forms else default


def deliver(text: str, output: Path | None, page: str = "", *, yes: bool = False) -> int:
    """Write `text` to `output`, or to `page` where that is not "" and stdout is a terminal, else to stdout.

    Returns the exit code: 0, or 1 where the learner wants to keep the file that is there.
    Raises: `Problem` where the file cannot be written, or is there already and nobody can be asked.
    """
    if output is None and page and sys.stdout.isatty():
        output = Path(page)
    if output is None or str(output) == "-":
        click.echo(text, nl=False)
        return 0
    there = output.exists()
    if output.is_dir():
        raise Problem(f"{output} is a folder. Name a file in it: --output {output / page if page else output / 'FILE'}")
    if there and output.is_file() and not yes:
        if not sys.stdin.isatty():
            raise Problem(f"{output} exists already. Name another file, or add --yes to replace it.")
        if not agreed(f"{output} exists already. Replace it?", err=True):
            complain("Nothing was written. --output FILE names another file.", name=False)
            return 1
    try:
        _write(output, text.encode(), there)
    except FileExistsError as error:
        raise Problem(f"{output} has just been written by another program. Name another file.") from error
    except OSError as error:
        raise Problem(f"{output} cannot be written ({error.strerror or error}). Name another file.") from error
    complain(f"{output} was written.", name=False)
    return 0


def _write(output: Path, data: bytes, there: bool) -> None:
    from tutor.content.atomic import create_file, replace_file

    if there and not output.is_file():
        # /dev/null, a named pipe: nothing that could be replaced.
        with output.open("wb") as stream:
            stream.write(data)
    elif there:
        replace_file(output.resolve(), data)
    else:
        create_file(output, data)
