"""`homics-tutor report`: what a learner did, as one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tutor.cli.delivering import deliver, delivery, form_of
from tutor.cli.options import common, settings_from
from tutor.cli.saying import complain

FILE = "homics-report.html"
"""Where an HTML report goes that would otherwise fill a terminal."""


@click.command("report")
@click.option(
    "--format",
    "style",
    type=click.Choice(["html", "json", "text"]),
    help="How to write it (default: as FILE's name ends, else text).",
)
@delivery(FILE)
@click.option("--name", default="", help="What to call the report, e.g. your team; else it names nobody.")
@common
@click.pass_context
def command(
    ctx: click.Context, /, style: str | None, output: Path | None, yes: bool, name: str, **options: Any
) -> None:
    """Write a report: steps, checks with what was seen, hints, times and your manifests.

    It goes to stdout, so that it can be piped; HTML on a terminal goes to homics-report.html instead. --output names
    the file. It holds no token, no certificate, no home folder and no user's name.
    """
    from tutor.kube.times import SystemClock
    from tutor.lesson.problem import Problem
    from tutor.lesson.report.pictures import LanePictures
    from tutor.lesson.report.reporting import make_report
    from tutor.lesson.session import open_session

    style = style or form_of(output, ("html", "json"), "text")
    try:
        session = open_session(settings_from(ctx, options))
        report = make_report(session, SystemClock().now(), LanePictures(), name)
        code = deliver(written(report, style), output, FILE if style == "html" else "", yes=yes)
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    ctx.exit(code)


def written(report: Any, style: str) -> str:
    """The report in one of its three forms, ending with a line break."""
    if style == "json":
        from tutor.lesson.report.model import to_json

        return to_json(report) + "\n"
    if style == "html":
        from tutor.lesson.report.html import html

        return html(report)
    from tutor.lesson.report.text import text_lines

    return "\n".join(text_lines(report)) + "\n"
