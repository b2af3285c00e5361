"""The verdict of a step follows from its checks, and nothing is passed that was not looked at."""

from __future__ import annotations

from dataclasses import replace

from tutor.checks.evaluate import StepVerdict, evaluate
from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, Rule, rules
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.manifest import parse_manifest
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


def test_a_rule_that_nobody_knows_is_could_not_check() -> None:
    step_given = step(CheckRef("a", id="a"), CheckRef("no-such-rule", id="b"))
    result = evaluate(step_given, GIVEN, {"a": rule("a", finding(Verdict.PASSED))})
    assert result.verdict is StepVerdict.COULD_NOT_CHECK
    assert "no rule of that name" in result.findings[1].message
    assert evaluate(step_given, GIVEN, rules(), offline=True).verdict is StepVerdict.COULD_NOT_CHECK


def test_a_check_without_a_file_is_about_the_file_of_what_it_needs() -> None:
    seen: list[str] = []

    def look(given: CheckInput) -> list[Finding]:
        seen.append(given.params.get("file", ""))
        return [finding(Verdict.PASSED)]

    known = {name: Rule(name, Level.MANIFEST, look) for name in ("a", "b", "c", "d")}
    refs = (
        CheckRef("a", {"file": "kube/a.yaml"}, id="first"),
        CheckRef("b", needs=("first",), id="second"),
        CheckRef("c", {"file": "kube/c.yaml"}, ("second",), "third"),
        CheckRef("d", id="fourth"),
    )
    evaluate(step(*refs), GIVEN, known)
    assert seen == ["kube/a.yaml", "kube/a.yaml", "kube/c.yaml", ""]


def test_a_file_that_is_not_there_is_represented_by_the_one_that_defines_its_object() -> None:
    seen: list[str] = []

    def look(given: CheckInput) -> list[Finding]:
        seen.append(given.params["file"])
        return [finding(Verdict.PASSED)]

    known = {name: Rule(name, Level.MANIFEST, look) for name in ("file-parses", "defines")}
    refs = (
        CheckRef("file-parses", {"file": "kube/a.yaml"}, id="file-parses"),
        CheckRef("defines", {"kind": "Service", "name": "a"}, ("file-parses",), "defines"),
    )
    other = parse_manifest("kube/b.yml", b"kind: Service\nmetadata: {name: a}\n")
    unrelated = parse_manifest("kube/c.yml", b"kind: Service\nmetadata: {name: c}\n")
    for own, wanted in (
        (parse_manifest("kube/a.yaml", None), "kube/b.yml"),
        (parse_manifest("kube/a.yaml", b"# TODO\n"), "kube/b.yml"),
        (parse_manifest("kube/a.yaml", b"a: 1\n"), "kube/a.yaml"),
        (parse_manifest("kube/a.yaml", b"a: [\n"), "kube/a.yaml"),
    ):
        seen.clear()
        given = replace(GIVEN, manifests={"kube/a.yaml": own, "kube/c.yml": unrelated, "kube/b.yml": other})
        evaluate(step(*refs), given, known)
        assert seen == [wanted, wanted]
    seen.clear()
    evaluate(step(*refs), replace(GIVEN, manifests={"kube/c.yml": unrelated}), known)
    assert seen == ["kube/a.yaml", "kube/a.yaml"]
