"""Gathers a learner's report from what was saved: progress, recording, files. Asks no cluster.

Reading order: model (what it holds), redact (what it leaves out), seen (the evidence),
text and html (how it is shown), of_class (many of them).
"""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from tutor import __version__
from tutor.content.timeline_file import TimelineFile
from tutor.core.finding import Finding, Verdict
from tutor.core.step import Step
from tutor.core.timeline import Timeline
from tutor.lesson.judging import Judge
from tutor.lesson.report.model import Report, ReportedCheck, ReportedFile, ReportedHints, ReportedStep, State
from tutor.lesson.report.redact import Machine, Redactor
from tutor.lesson.report.seen import Window, interesting, seen
from tutor.lesson.session import Session


class Pictures(Protocol):
    """Draws a part of the recording. Both may say "" or () where there is nothing to draw."""

    def svg(self, timeline: Timeline, start: float, end: float) -> str: ...
    def text(self, timeline: Timeline, start: float, end: float) -> Iterable[str]: ...


def this_machine() -> Machine:
    """The person and machine that reports must not name."""
    try:
        home = str(Path.home())
    except RuntimeError:
        home = ""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = Path(home).name
    return Machine(home, user, platform.node())


def make_report(
    session: Session, now: float, pictures: Pictures, name: str = "", machine: Machine | None = None
) -> Report:
    """`now` in Unix seconds. `name`: what the learner wants the report to be called."""
    redactor = Redactor(machine or this_machine(), _words_of_the_course(session))
    timeline = Timeline(TimelineFile(session.state.timeline).load())
    steps = tuple(_step(session, step, timeline, now, pictures, redactor) for step in session.course.steps)
    files = tuple(file for path in _own_files(session) if (file := _file(session, path, redactor)) is not None)
    return Report(now, __version__, session.course.title, name, steps, files)


def _words_of_the_course(session: Session) -> Iterable[str]:
    for step in session.course.steps:
        yield step.text
        yield step.done
        for path in session.course.solution(step.slug).values():
            yield path.read_text(encoding="utf-8", errors="replace")


def _step(
    session: Session, step: Step, timeline: Timeline, now: float, pictures: Pictures, redactor: Redactor
) -> ReportedStep:
    progress = session.progress.of(step.slug)
    state: State = "passed" if progress.passed else "begun" if progress.begun_at is not None else "to do"
    titles = {task.id: task.title for task in step.tasks}
    hints = tuple(
        ReportedHints(titles.get(task, task), opened) for task, opened in progress.hints.items() if opened > 0
    )
    if progress.passed:
        checks = tuple(ReportedCheck("passed", redactor.text(sentence)) for sentence in progress.evidence)
    elif state == "begun":
        checks = tuple(_check(finding, redactor) for finding in Judge(session).offline(step, now).findings)
    else:
        checks = ()
    sentences: tuple[str, ...] = ()
    picture, lane = "", tuple[str, ...]()
    if progress.begun_at is not None:
        window = Window(progress.begun_at, progress.passed_at if progress.passed_at is not None else now)
        sentences = tuple(redactor.text(sentence) for sentence in seen(timeline, window))
        if (drawn := interesting(timeline, window, now)) is not None:
            picture = redactor.text(pictures.svg(timeline, drawn.start, drawn.end))
            lane = tuple(redactor.text(line) for line in pictures.text(timeline, drawn.start, drawn.end))
    return ReportedStep(
        step.slug,
        step.number,
        step.title,
        step.bonus,
        state,
        progress.begun_at,
        progress.passed_at,
        progress.attempts,
        hints,
        checks,
        sentences,
        picture,
        lane,
    )


def _check(finding: Finding, redactor: Redactor) -> ReportedCheck:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    if finding.verdict is Verdict.PASSED:
        return ReportedCheck(str(finding.verdict), redactor.text(finding.message), place)
    return ReportedCheck(
        str(finding.verdict),
        redactor.text(finding.message),
        place,
        redactor.text(finding.found),
        redactor.text(finding.expected),
    )


def _own_files(session: Session) -> Iterable[str]:
    known = dict.fromkeys(file for step in session.course.steps for file in (*step.given, *step.files))
    return [*known, *session.workspace.others(known)]


def _file(session: Session, path: str, redactor: Redactor) -> ReportedFile | None:
    """None for a file that is not there, or that is the starter still: it is not the learner's."""
    read = session.workspace.read(path)
    if not read.exists:
        return None
    path = redactor.text(path)
    if read.error:
        return ReportedFile(path, "", redactor.text(read.error))
    starter = session.course.starter(path)
    if starter.is_file() and starter.read_bytes() == read.data:
        return None
    text = redactor.manifest(read.data.decode("utf-8", "replace").replace("\0", "�"))
    if text is None:
        return ReportedFile(path, "", "left out: it holds a Secret or a kubeconfig")
    return ReportedFile(path, text)
