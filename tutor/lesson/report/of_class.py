"""Many learners' reports as one table: who passed which step, in what time, with how many hints.

A file that is no report is named and left out; it stops nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tutor.content.read_file import read_bytes
from tutor.lesson.report.html import json_inside, page
from tutor.lesson.report.model import NotAReport, Report, ReportedStep, duration, from_json

ENDINGS = (".json", ".html", ".htm")
MOST_FILES = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet."""


@dataclass(frozen=True, slots=True)
class Learner:
    name: str
    """The report's own, else the file's."""
    file: str
    report: Report


@dataclass(frozen=True, slots=True)
class Class:
    learners: tuple[Learner, ...]
    """By name."""
    problems: tuple[str, ...]
    """Files that were left out, each with its reason."""

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """(slug, title) of every step that any report has, in the course's order."""
        found: dict[str, tuple[int, str]] = {}
        for learner in self.learners:
            for step in learner.report.steps:
                found.setdefault(step.slug, (step.number, step.title))
        return tuple((slug, title) for slug, (_, title) in sorted(found.items(), key=lambda item: item[1][0]))


def read_class(folder: Path) -> Class:
    """All reports in a folder and the folders in it. Raises: `OSError` where the folder itself cannot be read."""
    learners: list[Learner] = []
    problems: list[str] = []
    for path in _files(folder, problems):
        file = path.relative_to(folder).as_posix()
        exists, data, error = read_bytes(path)
        if error or not exists:
            problems.append(f"{file} {error or 'is gone'}")
            continue
        try:
            text = data.decode("utf-8-sig")
            report = from_json(json_inside(text) if path.suffix.lower() != ".json" else text)
        except UnicodeDecodeError:
            problems.append(f"{file} is no text in UTF-8")
        except NotAReport as wrong:
            problems.append(f"{file} {wrong}")
        else:
            learners.append(Learner(report.name.strip() or _label(file), file, report))
    kept, doubles = _newest(learners)
    return Class(tuple(sorted(kept, key=lambda one: (one.name.lower(), one.file))), tuple([*problems, *doubles]))


def _label(file: str) -> str:
    """What to call a report that names nobody: its file, or its folder where all files are called alike."""
    folder, _, name = file.rpartition("/")
    stem = name.rpartition(".")[0]
    return folder if folder and stem.startswith("homics-report") else stem


def _newest(learners: Iterable[Learner]) -> tuple[list[Learner], list[str]]:
    """One report of each learner who gave a name, the newest; an HTML and a JSON of the same one are one."""
    best: dict[str, Learner] = {}
    doubles = []
    for one in learners:
        # Two who gave no name are two, unless it is one report in two forms.
        key = f"name {one.name.lower()}" if one.report.name.strip() else f"file {one.file.rpartition('.')[0]}"
        other = best.get(key)
        if other is None:
            best[key] = one
            continue
        new, old = (one, other) if one.report.made_at > other.report.made_at else (other, one)
        best[key] = new
        doubles.append(f'{old.file} is left out: {new.file} is a report of "{new.name}" as well, and not older')
    return list(best.values()), doubles


def _files(folder: Path, problems: list[str]) -> Iterator[Path]:
    count = 0
    for path in sorted(folder.iterdir()):
        found = sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else [path]
        for file in found:
            if file.suffix.lower() not in ENDINGS or file.is_dir() or file.name.startswith("."):
                continue
            count += 1
            if count > MOST_FILES:
                problems.append(f"only {MOST_FILES} files were read; the rest from {file.name} on is left out")
                return
            yield file


# The table on a terminal.


def table_lines(found: Class) -> Iterator[str]:
    """One line a learner, a column a step; below it what the numbers of the steps mean."""
    names = max([len(one.name) for one in found.learners] + [7])
    names = min(names, 32)
    numbers = "  ".join(f"{index:>7}" for index in range(1, len(found.steps) + 1))
    yield f"{'LEARNER':<{names}}  PASSED  TIME      HINTS  {numbers}".rstrip()
    for one in found.learners:
        report = one.report
        cells = "  ".join(f"{_cell(_of(report, slug)):>7}" for slug, _ in found.steps)
        passed = f"{report.passed}/{len(report.steps)}"
        name = one.name if len(one.name) <= names else one.name[: names - 1] + "…"
        yield f"{name:<{names}}  {passed:<6}  {duration(report.seconds):<8}  {report.hints_used:<5}  {cells}".rstrip()
    if found.learners:
        yield ""
        for index, (slug, title) in enumerate(found.steps, 1):
            done = sum(_passed(one.report, slug) for one in found.learners)
            yield f"{index:>3}  {slug:<20} {done:>3} of {len(found.learners)} passed   {title}"
    for problem in found.problems:
        yield f"?  {problem}"


def _of(report: Report, slug: str) -> ReportedStep | None:
    return next((step for step in report.steps if step.slug == slug), None)


def _passed(report: Report, slug: str) -> bool:
    step = _of(report, slug)
    return step is not None and step.state == "passed"


def _cell(step: ReportedStep | None) -> str:
    """A time for a passed step, "…" for one that was begun, "-" for the others."""
    if step is None or step.state == "to do":
        return "-"
    return duration(step.seconds) or "ok" if step.state == "passed" else "…"


# CSV and HTML.


def csv_text(found: Class) -> str:
    """A line a learner and step: for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["learner", "file", "step", "state", "seconds", "hints", "failed_checks", "begun_at", "passed_at"])
    for one in found.learners:
        for step in one.report.steps:
            writer.writerow(
                _plain(
                    [
                        one.name,
                        one.file,
                        step.slug,
                        step.state,
                        "" if step.seconds is None else round(step.seconds),
                        step.hints_used,
                        step.attempts,
                        "" if step.begun_at is None else round(step.begun_at),
                        "" if step.passed_at is None else round(step.passed_at),
                    ]
                )
            )
    return out.getvalue()


def _plain(row: Sequence[object]) -> list[object]:
    """Names come from others: none of them may become a formula."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row]


def class_html(found: Class) -> str:
    """One page with the table; nothing of the reports is in it but names, states and figures."""
    head = "".join(f'<th title="{escape(title, quote=True)}">{escape(slug)}</th>' for slug, title in found.steps)
    rows = []
    for one in found.learners:
        cells = []
        for slug, _ in found.steps:
            step = _of(one.report, slug)
            css = {"passed": "good", "begun": "bad"}.get(step.state if step else "", "dim")
            hints = f" · {step.hints_used}h" if step and step.hints_used else ""
            cells.append(f'<td class="{css}">{escape(_cell(step) + hints)}</td>')
        figures = f"<td>{one.report.passed}/{len(one.report.steps)}</td><td>{duration(one.report.seconds)}</td>"
        rows.append(
            f'<tr><th title="{escape(one.file, quote=True)}">{escape(one.name)}</th>{figures}{"".join(cells)}</tr>'
        )
    problems = "".join(f"<li>{escape(problem)}</li>" for problem in found.problems)
    more = f"<h2>Left out</h2><ul>{problems}</ul>" if problems else ""
    lines = "\n".join(rows)
    table = f"<table><tr><th>learner</th><th>passed</th><th>time</th>{head}</tr>\n{lines}\n</table>"
    body = f'<h1>{len(found.learners)} reports</h1>\n<div class="table">{table}</div>\n{more}'
    return page("Class", body, "wide")
