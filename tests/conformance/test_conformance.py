"""The same scripts on both clusters: real clients must not be able to tell the practice cluster from Kubernetes."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.conformance.scenario import Answer, Place, Scenario, run, scenarios

ROOT = Path(__file__).parent.parent.parent
RECORDED = Path(__file__).parent / "recorded"
"""What Kubernetes v1.34.2 answered: `HOMICS_RECORD=1` writes it anew."""
DIFFERENCES: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / "differences.toml").read_text("utf-8")).get(
    "difference", []
)

pytestmark = pytest.mark.timeout(300)
each_scenario = pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)


@pytest.mark.course
@each_scenario
def test_the_practice_cluster_answers_as_recorded(
    scenario: Scenario, place: Callable[[str], Place], practice_kubeconfig: str
) -> None:
    recorded = [Answer(**entry) for entry in json.loads((RECORDED / f"{scenario.name}.json").read_text("utf-8"))]
    difference = _difference(recorded, run(scenario, place(practice_kubeconfig)))
    assert not difference, difference


@pytest.mark.live
@each_scenario
def test_kubernetes_still_answers_as_recorded(
    scenario: Scenario, place: Callable[[str], Place], real_kubeconfig: str
) -> None:
    if scenario.owned and "HOMICS_MINIKUBE" not in os.environ:
        pytest.skip("it changes the node: HOMICS_MINIKUBE does not say that the cluster is ours")
    answers = run(scenario, place(real_kubeconfig))
    path = RECORDED / f"{scenario.name}.json"
    if os.environ.get("HOMICS_RECORD"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            json.dumps([asdict(_kept(answer)) for answer in answers], indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    recorded = [Answer(**entry) for entry in json.loads(path.read_text("utf-8"))]
    difference = _difference(recorded, answers)
    assert not difference, difference


def test_each_difference_has_its_reason_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    for difference in DIFFERENCES:
        assert difference["title"] in text, f"ARCHITECTURE.md does not list: {difference['title']}"


def _difference(wanted: list[Answer], got: list[Answer]) -> str:
    return "\n".join(
        difflib.unified_diff(_lines(wanted), _lines(got), "Kubernetes v1.34.2", "this cluster", lineterm="", n=2)
    )


def _kept(answer: Answer) -> Answer:
    """What is recorded: without the lines of certain commands that are not compared (descriptions are not ours)."""
    lines = [f" {line}" for line in answer.out.splitlines()]
    for one in DIFFERENCES:
        if "text" in one and "command" in one and re.search(one["command"], answer.command):
            lines = [line for line in (re.sub(one["text"], one["same"], line) for line in lines) if line]
    return replace(answer, out="\n".join(line[1:] for line in lines))


def _lines(answers: list[Answer]) -> list[str]:
    lines: list[str] = []
    for answer in answers:
        applying = [one for one in DIFFERENCES if re.search(one.get("command", ""), answer.command)]
        if any("text" not in one for one in applying):
            continue
        told = [f"$ {answer.command}   # {answer.code}"]
        told += [f"{mark}{line}" for mark, text in ((" ", answer.out), ("!", answer.err)) for line in text.splitlines()]
        for one in applying:
            told = [re.sub(one["text"], one["same"], line) for line in told]
        lines += told
    return [line for line in lines if line]
