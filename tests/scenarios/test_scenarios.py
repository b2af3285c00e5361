"""Every scenario has exactly the findings that it names: rule, file, line, column, path, and how the message begins."""

from __future__ import annotations

import pytest

from tests.scenarios.corpus import Scenario, described, files, judge, scenarios, step_of, told
from tutor.checks.evaluate import StepVerdict
from tutor.core.finding import Verdict

SCENARIOS = scenarios()


def test_the_corpus_is_large_enough() -> None:
    wrong = [scenario for scenario in SCENARIOS if scenario.verdict != "passed"]
    assert len(wrong) >= 150
    assert len(SCENARIOS) - len(wrong) >= 60


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_a_scenario_is_judged_as_it_says(scenario: Scenario) -> None:
    evaluation = judge(step_of(scenario), files(scenario))
    found = told(evaluation)
    says = [expected.says for expected in scenario.findings]
    shown = [
        described(finding, say if finding.message.startswith(say) else finding.message)
        for finding, say in zip(found, [*says, *[""] * len(found)], strict=False)
    ]
    assert shown == list(scenario.findings)
    assert all(expected.says for expected in scenario.findings)
    assert str(evaluation.verdict) == scenario.verdict


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_what_is_wrong_comes_with_what_to_do(scenario: Scenario) -> None:
    """Found and expected side by side where there is a path, a hint always, and no rule that broke down."""
    evaluation = judge(step_of(scenario), files(scenario))
    for finding in told(evaluation):
        assert finding.hint, finding
        assert "itself failed" not in finding.message
        assert finding.line is None or finding.column is not None
        if finding.verdict is Verdict.FAILED and finding.path:
            assert finding.found or finding.expected, finding
    if evaluation.verdict is StepVerdict.NOT_YET:
        assert any(finding.file for finding in told(evaluation))
