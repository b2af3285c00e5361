#!/usr/bin/env python3
"""The figures of the checks: caught, missed and false alarms, over the corpus of learners' files and over all mutants.

python scripts/check_quality.py             the figures, and the names of what is missed or a false alarm
python scripts/check_quality.py STEP/NAME   what one scenario is told, as its scenario.toml writes it down
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.scenarios.corpus import Scenario, files, judge, scenarios, step_of, told
from tests.scenarios.figures import Figures, of_mutants, of_scenarios
from tests.scenarios.mutants import mutants


def main(arguments: list[str]) -> int:
    if arguments:
        return show(arguments[0])
    start = time.perf_counter()
    good = report("corpus of learners' files (tests/scenarios)", of_scenarios(scenarios()))
    good = report("mutants of all references", of_mutants(mutants())) and good
    print(f"in {time.perf_counter() - start:.0f} s")
    return 0 if good else 1


def report(title: str, figures: Figures) -> bool:
    print(title)
    for line in figures.lines():
        print(f"  {line}")
    for what, names in (
        ("missed", figures.missed),
        ("false alarm", figures.false_alarms),
        ("caught, but no finding names the place", figures.elsewhere),
    ):
        for name in names:
            print(f"  {what}: {name}")
    return not (figures.missed or figures.false_alarms or figures.elsewhere)


def show(name: str) -> int:
    found = next((scenario for scenario in scenarios() if scenario.id == name), None)
    if found is None:
        print(f"There is no scenario {name}. They are the folders of tests/scenarios.", file=sys.stderr)
        return 2
    print(as_toml(found))
    return 0


def as_toml(scenario: Scenario) -> str:
    evaluation = judge(step_of(scenario), files(scenario))
    lines = [f'verdict = "{evaluation.verdict}"']
    for finding in told(evaluation):
        lines += ["", "[[findings]]", f'rule = "{finding.rule}"', f'file = "{finding.file}"']
        lines += [f"line = {finding.line}", f"column = {finding.column}"] if finding.line is not None else []
        lines += [f'path = "{finding.path}"'] if finding.path else []
        lines += [f"says = {json.dumps(finding.message, ensure_ascii=False)}"]
        lines += [f'severity = "{finding.severity}"', f'verdict = "{finding.verdict}"']
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
