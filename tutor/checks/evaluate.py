"""Run a step's checks in order and say what the step's verdict is.

A check whose `needs` did not all pass is skipped, with the name of what it waits for: one cause, one failure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tutor.checks.files import files_of_checks, standing_for
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule, Rules
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.step import CheckRef, Step


class StepVerdict(StrEnum):
    """The verdict of a whole step, as `homics-tutor check` prints it."""

    PASSED = "passed"
    NOT_YET = "not-yet"
    COULD_NOT_CHECK = "could-not-check"


@dataclass(frozen=True, slots=True)
class CheckResult:
    check: CheckRef
    task: str
    """Id of the task that the check belongs to."""
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings that count: failed, then unknown, then skipped, then passed."""
        counted = [finding.verdict for finding in self.findings if finding.severity is Severity.ERROR]
        for verdict in (Verdict.FAILED, Verdict.UNKNOWN, Verdict.SKIPPED):
            if verdict in counted:
                return verdict
        return Verdict.PASSED


@dataclass(frozen=True, slots=True)
class Evaluation:
    step: str
    results: tuple[CheckResult, ...]
    verdict: StepVerdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for result in self.results for finding in result.findings)


def evaluate(step: Step, given: CheckInput, rules: Mapping[str, Rule], *, offline: bool = False) -> Evaluation:
    """All checks of `step` on one input. With `offline` only rules that need nothing but the files are run.

    A check that names no file is about the file of the checks that it needs, and a file that is not there is
    represented by the one that defines its objects. A rule that raises, or that the registry does not know, is a defect
    of the tutor, not of the learner's work: it becomes "could not check".
    """
    results: list[CheckResult] = []
    done: dict[str, Verdict] = {}
    files, instead = files_of_checks(step), standing_for(step, given.manifests)
    for task in step.tasks:
        for check in task.checks:
            name = check.id or check.rule
            if offline and _level(rules, check.rule) is not Level.MANIFEST:
                continue
            rule = rules.get(check.rule, Rule(check.rule, Level.MANIFEST, _no_such_rule))
            waits = [need for need in check.needs if done.get(need, Verdict.PASSED) is not Verdict.PASSED]
            file = instead.get(files[name], files[name])
            params = {**check.params, "file": file} if file else check.params
            findings = _skipped(rule, waits, done) if waits else _run(rule, replace(given, params=params))
            result = CheckResult(check, task.id, findings)
            done[name] = result.verdict
            results.append(result)
    return Evaluation(step.slug, tuple(results), _verdict(results))


def _run(rule: Rule, given: CheckInput) -> tuple[Finding, ...]:
    try:
        findings = tuple(rule.check(given))
    except Exception as error:
        return (_unknown(rule, f"the check {rule.name} itself failed ({type(error).__name__}: {error})"),)
    if not findings:
        return (_unknown(rule, f"the check {rule.name} gave no answer"),)
    return findings


def _level(rules: Mapping[str, Rule], name: str) -> Level:
    """A rule that nobody knows is as one of the files: then every check says so."""
    if isinstance(rules, Rules):
        return rules.level(name) or Level.MANIFEST
    return rules[name].level if name in rules else Level.MANIFEST


def _no_such_rule(given: CheckInput) -> list[Finding]:
    raise LookupError("the tutor has no rule of that name")


def _unknown(rule: Rule, why: str) -> Finding:
    return Finding(
        rule.name,
        Verdict.UNKNOWN,
        f"Could not check: {why}.",
        hint="This is a defect of the tutor: please report it. Your work is not judged by it.",
    )


def _skipped(rule: Rule, waits: list[str], done: Mapping[str, Verdict]) -> tuple[Finding, ...]:
    names = ", ".join(waits)
    verdicts = {done[need] for need in waits}
    if Verdict.UNKNOWN in verdicts:
        reason = "could not be checked"
    elif Verdict.FAILED in verdicts:
        reason = "is not right yet"
    else:
        reason = "was not looked at"
    return (Finding(rule.name, Verdict.SKIPPED, f"{rule.about or rule.name} Not looked at: {names} {reason}."),)


def _verdict(results: list[CheckResult]) -> StepVerdict:
    verdicts = {result.verdict for result in results}
    if Verdict.FAILED in verdicts:
        return StepVerdict.NOT_YET
    if not results or verdicts & {Verdict.UNKNOWN, Verdict.SKIPPED}:
        return StepVerdict.COULD_NOT_CHECK
    return StepVerdict.PASSED
