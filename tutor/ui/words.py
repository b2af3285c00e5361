"""One sign and one word for each state, so that no state is told by its colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.finding import Finding, Severity, Verdict
from tutor.lesson.view import Connection, StepState


@dataclass(frozen=True, slots=True)
class Mark:
    sign: str
    """One cell."""
    word: str
    style: str
    """A Textual style: a colour of the theme."""


STEP: Mapping[StepState, Mark] = {
    StepState.TODO: Mark("·", "to do", "$foreground 60%"),
    StepState.NOT_YET: Mark("◐", "not yet", "$text-warning"),
    StepState.UNKNOWN: Mark("?", "could not check", "$text-accent"),
    StepState.PASSED: Mark("✓", "passed", "$text-success"),
}

FAILED = Mark("✗", "to mend", "$text-error")
WARNING = Mark("!", "look again", "$text-warning")
NOTE = Mark("i", "good to know", "$text-primary")

VERDICT: Mapping[Verdict, Mark] = {
    Verdict.PASSED: Mark("✓", "right", "$text-success"),
    Verdict.FAILED: FAILED,
    Verdict.SKIPPED: Mark("–", "waits", "$foreground 60%"),
    Verdict.UNKNOWN: Mark("?", "could not check", "$text-accent"),
}

CONNECTION: Mapping[Connection, Mark] = {
    Connection.NONE: Mark("○", "no cluster", "$text-warning"),
    Connection.CONNECTING: Mark("◌", "connecting", "$text-warning"),
    Connection.CONNECTED: Mark("●", "connected", "$text-success"),
    Connection.LOST: Mark("✗", "lost", "$text-error"),
}


def finding_mark(finding: Finding) -> Mark:
    """The mark of a finding: a failure that does not block its step is a warning or a note."""
    if finding.verdict is Verdict.FAILED and finding.severity is Severity.WARNING:
        return WARNING
    if finding.verdict is Verdict.FAILED and finding.severity is Severity.NOTE:
        return NOTE
    return VERDICT[finding.verdict]


def is_problem(finding: Finding) -> bool:
    """Whether the learner has something to read here: it failed, or could not be checked."""
    return finding.verdict in (Verdict.FAILED, Verdict.UNKNOWN)


def short_path(path: str) -> str:
    """`kube/user/service.yaml` as the file strip shows it: without the folder that all files share."""
    return path.removeprefix("kube/")


def number_of(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
