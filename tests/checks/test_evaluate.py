"""The verdict of a step follows from its checks, and nothing is passed that was not looked at."""

from __future__ import annotations

from tutor.checks.evaluate import StepVerdict, evaluate
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.step import CheckRef, Step, Task
from tutor.core.timeline import Timeline

GIVEN = CheckInput({}, None, Timeline(), 0.0, 0.0)


def rule(name: str, *findings: Finding, level: Level = Level.MANIFEST) -> Rule:
    return Rule(name, level, lambda _: list(findings), about=f"{name} holds.")


def finding(verdict: Verdict, severity: Severity = Severity.ERROR) -> Finding:
    return Finding("r", verdict, "said", severity)


def step(*checks: CheckRef) -> Step:
    return Step("s", 1, "S", "", (), (Task("t", "T", ("a", "b", "c"), checks),))


def verdict_of(
    *rules_given: Rule, needs: dict[str, tuple[str, ...]] | None = None, offline: bool = False
) -> StepVerdict:
    refs = [CheckRef(r.name, {}, (needs or {}).get(r.name, ()), r.name) for r in rules_given]
    return evaluate(step(*refs), GIVEN, {r.name: r for r in rules_given}, offline=offline).verdict


def test_a_step_passes_when_every_check_passes() -> None:
    assert verdict_of(rule("a", finding(Verdict.PASSED)), rule("b", finding(Verdict.PASSED))) is StepVerdict.PASSED


def test_one_failure_is_not_yet_even_beside_an_unknown() -> None:
    assert verdict_of(rule("a", finding(Verdict.FAILED)), rule("b", finding(Verdict.UNKNOWN))) is StepVerdict.NOT_YET


def test_an_unknown_alone_is_could_not_check() -> None:
    assert (
        verdict_of(rule("a", finding(Verdict.PASSED)), rule("b", finding(Verdict.UNKNOWN)))
        is StepVerdict.COULD_NOT_CHECK
    )


def test_a_failed_warning_does_not_keep_a_step_from_passing() -> None:
    warned = rule("a", finding(Verdict.PASSED), finding(Verdict.FAILED, Severity.WARNING))
    assert verdict_of(warned) is StepVerdict.PASSED


def test_what_depends_on_a_failure_is_skipped_and_names_it() -> None:
    a, b = rule("a", finding(Verdict.FAILED)), rule("b", finding(Verdict.FAILED))
    refs = (CheckRef("a", id="a"), CheckRef("b", needs=("a",), id="b"))
    result = evaluate(step(*refs), GIVEN, {"a": a, "b": b})
    assert [r.verdict for r in result.results] == [Verdict.FAILED, Verdict.SKIPPED]
    assert "a is not right yet" in result.findings[1].message


def test_a_check_that_depends_on_an_unknown_leaves_the_step_unchecked() -> None:
    rules_given = (rule("a", finding(Verdict.UNKNOWN)), rule("b", finding(Verdict.PASSED)))
    assert verdict_of(*rules_given, needs={"b": ("a",)}) is StepVerdict.COULD_NOT_CHECK


def test_offline_runs_the_manifest_rules_only() -> None:
    live = rule("b", finding(Verdict.FAILED), level=Level.LIVE)
    assert verdict_of(rule("a", finding(Verdict.PASSED)), live, offline=True) is StepVerdict.PASSED
    assert verdict_of(live, offline=True) is StepVerdict.COULD_NOT_CHECK


def test_a_rule_that_raises_or_says_nothing_is_could_not_check() -> None:
    def raises(_: CheckInput) -> list[Finding]:
        raise KeyError("spec")

    assert verdict_of(Rule("a", Level.MANIFEST, raises)) is StepVerdict.COULD_NOT_CHECK
    assert verdict_of(rule("mute")) is StepVerdict.COULD_NOT_CHECK
