"""Differences between a reference and a learner's objects, as findings at the lines of both files. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.comparing.comparison import ComparedObject, Pairing, PlacedDifference
from tutor.core.finding import Finding, Severity, Verdict

RULE = "reference"
NOTHING = "(nothing)"
SAID = {
    Pairing.SAME: "is the same as the reference.",
    Pairing.AS_GOOD: "is as good as the reference: nothing that differs matters.",
    Pairing.DIFFERS: "differs from the reference.",
    Pairing.MISSING: "is in none of the learner's files.",
    Pairing.EXTRA: "is the learner's own; the reference has no such object.",
}


def learner_findings(objects: Sequence[ComparedObject], file: str) -> tuple[Finding, ...]:
    """What differs, at the lines of the learner's `file`."""
    return tuple(
        _finding(difference, file, difference.learner_line, difference.learner_column)
        for compared in objects
        if compared.learner_file == file
        for difference in compared.differences
    )


def reference_findings(objects: Sequence[ComparedObject], file: str, text: str) -> tuple[Finding, ...]:
    """The same, at the lines of the reference, whose text is `text`; what only the learner has is not there."""
    lines = text.splitlines()
    return tuple(
        _finding(difference, file, difference.reference_line, _first_column(lines, difference.reference_line))
        for compared in objects
        if compared.reference_file == file
        for difference in compared.differences
        if difference.reference_line is not None
    )


def object_findings(objects: Sequence[ComparedObject]) -> tuple[Finding, ...]:
    """One for each object, and below it one for each difference."""
    found: list[Finding] = []
    for compared in objects:
        same = compared.pairing in (Pairing.SAME, Pairing.AS_GOOD)
        found.append(
            Finding(
                RULE,
                Verdict.PASSED if same else Verdict.FAILED,
                f"{compared.kind} {compared.name} {SAID[compared.pairing]}",
                Severity.NOTE if compared.pairing is Pairing.EXTRA else Severity.ERROR,
                file=compared.learner_file,
                line=compared.learner_line,
            )
        )
        found += [
            _finding(difference, compared.learner_file, difference.learner_line, difference.learner_column)
            for difference in compared.differences
        ]
    return tuple(found)


def _first_column(lines: Sequence[str], line: int) -> int:
    """Where the text of a line begins, after its indentation and dash; from 1."""
    text = lines[line - 1] if line <= len(lines) else ""
    return len(text) - len(text.lstrip(" -")) + 1


def _finding(difference: PlacedDifference, file: str, line: int | None, column: int | None) -> Finding:
    return Finding(
        RULE,
        Verdict.FAILED,
        f"{difference.path}: {difference.why}",
        Severity.ERROR if difference.matters else Severity.NOTE,
        found=difference.learner or NOTHING,
        expected=difference.reference or NOTHING,
        file=file,
        line=line,
        column=column,
        path=difference.path,
    )
