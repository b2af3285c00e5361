"""Findings as lines of text, for a terminal, a pipe or a screen reader."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from tutor.checks.evaluate import Evaluation, StepVerdict
from tutor.cli.wrapping import wrapped
from tutor.core.finding import Finding, Severity, Verdict

SYMBOLS = {Verdict.PASSED: "✓", Verdict.FAILED: "✗", Verdict.SKIPPED: "–", Verdict.UNKNOWN: "?"}
WORDS = {Verdict.PASSED: "ok  ", Verdict.FAILED: "FAIL", Verdict.SKIPPED: "skip", Verdict.UNKNOWN: "?   "}
CLOSING = {
    StepVerdict.PASSED: "passed",
    StepVerdict.NOT_YET: "not yet",
    StepVerdict.COULD_NOT_CHECK: "could not check",
}


def symbol(verdict: Verdict) -> str:
    """A sign of the verdict, or a word where the output's encoding has no such sign."""
    sign = SYMBOLS[verdict]
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return WORDS[verdict]
    return sign


def finding_lines(finding: Finding, width: int | None = None) -> Iterator[str]:
    """One finding: its place and message, then what was found and what to do.

    `width`: the columns to fill, None for lines of any length. What stands in a file is never broken.
    """
    mark = (
        "!" if finding.severity is not Severity.ERROR and finding.verdict is Verdict.FAILED else symbol(finding.verdict)
    )
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    if place == finding.file and finding.file in finding.message:
        place = ""
    yield wrapped(f"{place + '  ' if place else ''}{finding.message}", width, f"  {mark} ", "    ")
    if finding.verdict is Verdict.PASSED:
        return
    for label, text in (
        ("field", finding.path),
        ("found", finding.found),
        ("expected", finding.expected),
        ("do", finding.hint),
        ("read", finding.source),
    ):
        if text:
            sentence = width if label == "do" else None
            yield wrapped("\n".join(text.splitlines()), sentence, f"      {label:<9} ", " " * 16)


def findings_lines(findings: Sequence[Finding], width: int | None = None) -> Iterator[str]:
    """All findings, and then what waits for them."""
    for finding in findings:
        if finding.verdict is not Verdict.SKIPPED:
            yield from finding_lines(finding, width)
    waiting = [finding for finding in findings if finding.verdict is Verdict.SKIPPED]
    if waiting:
        number = "1 check waits" if len(waiting) == 1 else f"{len(waiting)} checks wait"
        yield wrapped(f"{number} for what is above:", width, f"  {symbol(Verdict.SKIPPED)} ", "    ")
        # Which rule waits for which is told to programs; the rules' names mean nothing to a learner.
        claims = dict.fromkeys(finding.message.partition(" Not looked at:")[0] for finding in waiting)
        yield from (wrapped(claim, width, "      ", "        ") for claim in claims)


def evaluation_lines(evaluation: Evaluation, width: int | None = None) -> Iterator[str]:
    """All findings and a closing line that counts what is left."""
    yield from findings_lines(evaluation.findings, width)
    counts = [result.verdict for result in evaluation.results]
    left = sum(verdict is not Verdict.PASSED for verdict in counts)
    tail = f": {left} of {len(counts)} checks to go" if evaluation.verdict is not StepVerdict.PASSED and counts else ""
    yield f"{evaluation.step}: {CLOSING[evaluation.verdict]}{tail}"
