"""Starters are red, references are green, and nothing is green before its act. From the files alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tutor.checks.evaluate import Evaluation, StepVerdict, evaluate
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule
from tutor.content.gate.note import Notes
from tutor.content.loader import Course
from tutor.content.read_file import read_bytes
from tutor.core.finding import Severity, Verdict
from tutor.core.manifest import parse_manifest
from tutor.core.step import Step
from tutor.core.timeline import Timeline


def verdict_errors(course: Course, rules: Mapping[str, Rule], notes: Notes) -> None:
    red = green = 0
    before: dict[str, Path] = {}
    for step in course.steps:
        if all(rules[check.rule].level is Level.MANIFEST for check in step.checks):
            notes.step(step, ("tasks", 0), "no check of this step looks at the cluster: it would pass without any act")
        after = course.reference(step.slug)
        if step.files:
            starters = {file: course.starter(file) for file in (*step.given, *step.files)}
            for what, files in (("starters", starters), ("state that the step before leaves", {**starters, **before})):
                red += 1
                if judge(step, _bytes(files), rules).verdict is not StepVerdict.NOT_YET:
                    notes.step(
                        step, ("tasks", 0), f"the {what} would pass this step: it needs a check that fails there"
                    )
            green += 1
            _green(step, judge(step, _bytes(after), rules), notes)
        before = after
    many = "references" if green != 1 else "reference"
    notes.line(f"verdicts: {red} that must be red, {green} {many} that must be green")


def _green(step: Step, evaluation: Evaluation, notes: Notes) -> None:
    for result in evaluation.results:
        for finding in result.findings:
            good = finding.verdict is Verdict.PASSED
            if good or (finding.severity is not Severity.ERROR and finding.verdict is not Verdict.FAILED):
                continue
            place = f" ({finding.file}:{finding.line})" if finding.file else ""
            at = _place(step, result.check.id)
            notes.step(step, at, f"the reference is {finding.verdict} by {finding.rule}: {finding.message}{place}")


def judge(step: Step, files: Mapping[str, bytes], rules: Mapping[str, Rule]) -> Evaluation:
    """The verdict from these files alone, as `homics-tutor check --offline` gives it."""
    every = dict.fromkeys((*step.files, *step.given, *files))
    manifests = {file: parse_manifest(file, files.get(file)) for file in every}
    given = CheckInput(manifests, None, Timeline(), 0.0, 0.0, no_cluster="the gate asks no cluster")
    return evaluate(step, given, rules, offline=True)


def _bytes(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {file: read_bytes(path)[1] for file, path in files.items()}


def _place(step: Step, check_id: str) -> tuple[str | int, ...]:
    for task_index, task in enumerate(step.tasks):
        for index, check in enumerate(task.checks):
            if check.id == check_id:
                return ("tasks", task_index, "checks", index)
    return ("tasks", 0)
