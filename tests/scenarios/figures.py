"""How good the checks are, in numbers: caught, missed, false alarms; over the corpus and over the mutants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.scenarios.corpus import Scenario, course, files, judge, reference, step_of, told
from tests.scenarios.meaning import changes_meaning, names_it
from tests.scenarios.mutants import Mutant
from tutor.checks.evaluate import StepVerdict


@dataclass(slots=True)
class Figures:
    caught: int = 0
    """Wrong, and not passed."""
    passed: int = 0
    """Right, and passed."""
    missed: list[str] = field(default_factory=list)
    """Wrong, and passed."""
    false_alarms: list[str] = field(default_factory=list)
    """Right, and not passed."""
    elsewhere: list[str] = field(default_factory=list)
    """Caught, but no finding leads to the place."""

    def lines(self) -> list[str]:
        return [
            f"wrong: {self.caught + len(self.missed):5}   caught: {self.caught:5}   missed: {len(self.missed)}",
            f"right: {self.passed + len(self.false_alarms):5}   passed: {self.passed:5}"
            f"   false alarms: {len(self.false_alarms)}",
        ]

    def note(self, what: object, *, wrong: bool, passed: bool) -> None:
        if wrong and passed:
            self.missed.append(str(what))
        elif wrong:
            self.caught += 1
        elif passed:
            self.passed += 1
        else:
            self.false_alarms.append(str(what))


def of_scenarios(scenarios: Iterable[Scenario]) -> Figures:
    found = Figures()
    for scenario in scenarios:
        passed = judge(step_of(scenario), files(scenario)).verdict is StepVerdict.PASSED
        found.note(scenario.id, wrong=scenario.verdict != "passed", passed=passed)
    return found


def of_mutants(mutants: Iterable[Mutant]) -> Figures:
    found = Figures()
    for mutant in mutants:
        step = course().step(mutant.step)
        assert step is not None
        evaluation = judge(step, {**reference(mutant.step), mutant.file: mutant.text.encode()})
        wrong, passed = changes_meaning(mutant), evaluation.verdict is StepVerdict.PASSED
        found.note(mutant, wrong=wrong, passed=passed)
        if wrong and not passed and not any(names_it(mutant, finding) for finding in told(evaluation)):
            found.elsewhere.append(str(mutant))
    return found
