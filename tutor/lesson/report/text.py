"""A report as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tutor.lesson.report.model import Report, ReportedStep, duration

SIGNS = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip", "unknown": "?   "}


def moment(at: float) -> str:
    """ "2026-03-01 14:02", in local time."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")


def summary(report: Report) -> str:
    """ "7 of 10 steps passed in 41:12, 3 hints"."""
    hints = f"{report.hints_used} hint{'' if report.hints_used == 1 else 's'}"
    return f"{report.passed} of {len(report.steps)} steps passed in {duration(report.seconds)}, {hints}"


def text_lines(report: Report) -> Iterator[str]:
    title = f"{report.course}: {report.name}" if report.name else report.course
    yield title
    yield "=" * len(title)
    yield f"{summary(report)}; written {moment(report.made_at)} by homics-tutor {report.version}"
    for step in report.steps:
        yield ""
        yield from _step(step)
    for file in report.files:
        yield ""
        yield f"--- {file.path}{f' ({file.remark})' if file.remark else ''}"
        yield from file.text.rstrip("\n").splitlines()


def _step(step: ReportedStep) -> Iterator[str]:
    bonus = " (bonus)" if step.bonus else ""
    took = f" in {duration(step.seconds)}" if step.seconds is not None else ""
    yield f"{step.number}. {step.title}{bonus}: {step.state}{took}"
    if step.attempts:
        yield f"   {step.attempts} check{'' if step.attempts == 1 else 's'} before it passed"
    for hint in step.hints:
        yield f"   {hint.opened} of 3 hints opened: {hint.task}"
    for check in step.checks:
        place = f"{check.place}  " if check.place else ""
        yield f"   {SIGNS.get(check.verdict, '?   ')} {place}{check.message}"
        if check.found or check.expected:
            yield f"        found {check.found or 'nothing'}, expected {check.expected or 'something else'}"
    if step.seen:
        yield "   seen:"
        yield from (f"     {sentence}" for sentence in step.seen)
    yield from (f"     {line}" for line in step.lane)
