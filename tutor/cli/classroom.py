"""`homics-tutor class FOLDER`: learners' reports as one table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tutor.cli.delivering import deliver, delivery, form_of
from tutor.cli.options import FILE
from tutor.cli.saying import complain

PAGE = "homics-class.html"
"""Where a page goes that would otherwise fill a terminal."""


@click.command("class")
@click.argument("folder", type=FILE)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "html"]),
    help="How to write it (default: as FILE's name ends, else a table).",
)
@delivery(PAGE)
def command(folder: Path, style: str | None, output: Path | None, yes: bool) -> None:
    """Merge the reports in FOLDER (as HTML or JSON). Files that are no report are named and left out.

    The result goes to stdout; HTML on a terminal goes to homics-class.html instead. --output names the file.
    Exit code 0: there was a report. 2: there was none, or FOLDER cannot be read.
    """
    from tutor.lesson.problem import Problem
    from tutor.lesson.report.of_class import class_html, csv_text, read_class, table_lines

    style = style or form_of(output, ("html", "csv"), "table")
    try:
        found = read_class(folder)
    except OSError as error:
        complain(f"{folder} cannot be read ({error.strerror}). Name a folder with reports.")
        sys.exit(2)
    if style == "table":
        text = "\n".join(table_lines(found)) + "\n"
    else:
        text = csv_text(found) if style == "csv" else class_html(found)
        for problem in found.problems:
            complain(problem)
    try:
        code = deliver(text, output, PAGE if style == "html" else "", yes=yes)
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    if not found.learners:
        complain(
            f"There is no report in {folder.absolute()}. A learner writes one with:"
            " homics-tutor report --format html --output FILE"
        )
        sys.exit(2)
    sys.exit(code)
