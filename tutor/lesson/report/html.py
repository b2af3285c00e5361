"""A report as one HTML file: no script, nothing loaded from anywhere, everything escaped.

The report's JSON is in it as well (`<script type="application/json">`, which no browser runs), for those who merge.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from tutor.lesson.report.model import NotAReport, Report, ReportedFile, ReportedStep, duration, to_json
from tutor.lesson.report.text import moment

DATA = re.compile(r'<script type="application/json" id="report">(.*?)</script>', re.DOTALL)
WORDS = {"passed": "passed", "failed": "not yet", "skipped": "skipped", "unknown": "could not check"}
STYLE = Path(__file__).with_name("report.css")
CLOSED = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser may load: nothing."""


def page(title: str, body: str, css: str = "") -> str:
    """A whole HTML file around `body`. `title` is plain text, `body` HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{CLOSED}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f'<body class="{css}">\n{body}\n</body>\n</html>\n'
    )


def html(report: Report) -> str:
    """The whole file."""
    title = f"{report.course}: {report.name}" if report.name else report.course
    data = f'<script type="application/json" id="report">{_inert(to_json(report))}</script>'
    return page(title, "\n".join([*_body(report, title), data]))


def json_inside(page: str) -> str:
    """The JSON of a report in an HTML file. Raises: `NotAReport`."""
    found = DATA.search(page)
    if found is None:
        raise NotAReport("is an HTML page, but no report of homics-tutor")
    return found[1]


def _inert(text: str) -> str:
    """JSON that cannot end its script element, nor begin a comment."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _body(report: Report, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    written = escape(f"Written {moment(report.made_at)} by homics-tutor {report.version}")
    yield f'<p class="dim">{written}</p>'
    yield '<div class="sum">'
    for figure, words in (
        (f"{report.passed} of {len(report.steps)}", "steps passed"),
        (duration(report.seconds), "on the steps that passed"),
        (str(report.hints_used), "hints opened"),
        (str(sum(step.attempts for step in report.steps)), "checks that did not pass"),
    ):
        yield f"<div><b>{escape(figure)}</b>{escape(words)}</div>"
    yield "</div>"
    for step in report.steps:
        yield from _step(step)
    if report.files:
        yield '<h2 class="part">The learner’s manifests</h2>'
    for file in report.files:
        yield from _file(file)


def _step(step: ReportedStep) -> Iterator[str]:
    css = {"passed": "passed", "begun": "begun"}.get(step.state, "todo")
    bonus = " <span>(bonus)</span>" if step.bonus else ""
    took = f" in {duration(step.seconds)}" if step.seconds is not None else ""
    state = {"passed": "passed", "begun": "not yet passed", "to do": "not begun"}[step.state]
    yield f'<section class="{css}" id="{escape(step.slug, quote=True)}">'
    yield (
        f'<header class="step"><h2>{step.number}. {escape(step.title)}{bonus}</h2>'
        f'<span class="dim">{escape(state + took)}</span></header>'
    )
    if step.checks:
        yield "<h3>Checks</h3><ul>"
        for check in step.checks:
            verdict = check.verdict if check.verdict in WORDS else "unknown"
            place = f"<code>{escape(check.place)}</code> " if check.place else ""
            more = ""
            if check.found or check.expected:
                found, expected = escape(check.found or "nothing"), escape(check.expected or "something else")
                more = f'<br><span class="dim">found <code>{found}</code>, expected <code>{expected}</code></span>'
            yield f'<li class="{verdict}" title="{WORDS[verdict]}">{place}{escape(check.message)}{more}</li>'
        yield "</ul>"
    if step.picture:
        source = base64.b64encode(step.picture.encode()).decode()
        words = escape("\n".join(step.lane) or "The traffic lane of this step", quote=True)
        yield f'<h3>Traffic and pods</h3><img alt="{words}" src="data:image/svg+xml;base64,{source}">'
    elif step.lane:
        yield f"<h3>Traffic and pods</h3><pre>{escape(chr(10).join(step.lane))}</pre>"
    if step.seen:
        yield "<details open><summary>What was recorded</summary><ul>"
        yield from (f'<li class="time">{escape(sentence)}</li>' for sentence in step.seen)
        yield "</ul></details>"
    if step.hints or step.attempts:
        parts = [f"{hint.opened} of 3 hints for “{hint.task}”" for hint in step.hints]
        if step.attempts:
            parts.append(f"{step.attempts} check{'' if step.attempts == 1 else 's'} that did not pass")
        yield f'<p class="dim">{escape("; ".join(parts))}</p>'
    yield "</section>"


def _file(file: ReportedFile) -> Iterator[str]:
    if file.remark:
        yield f"<p><code>{escape(file.path)}</code>: {escape(file.remark)}</p>"
        return
    yield f"<details open><summary><code>{escape(file.path)}</code></summary><pre>{escape(file.text)}</pre></details>"
