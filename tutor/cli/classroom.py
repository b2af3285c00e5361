"""`homics-tutor class FOLDER`: learners' reports as one table."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tutor.cli.saying import complain


@click.command("class")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--format", "style", type=click.Choice(["table", "csv", "html"]), default="table", help="How to write it."
)
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file to write (default: stdout).")
def command(folder: Path, style: str, output: Path | None) -> None:
    """Merge the reports in FOLDER (as HTML or JSON). Files that are no report are named and left out.

    Exit code 0: there was a report. 2: there was none, or FOLDER cannot be read.
    """
    from tutor.content.atomic import replace_file
    from tutor.lesson.report.of_class import class_html, csv_text, read_class, table_lines

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
    if output is not None:
        try:
            replace_file(output, text.encode())
        except OSError as error:
            complain(f"{output} cannot be written ({error.strerror}).")
            sys.exit(2)
        click.echo(f"{output} was written.", err=True)
    else:
        click.echo(text, nl=False)
    if not found.learners:
        click.echo(
            f"homics-tutor: there is no report in {folder}. A learner writes one with:"
            " homics-tutor report --format html --output FILE",
            err=True,
        )
        sys.exit(2)
