"""The tutor's own course and another one pass the gate with the real rules."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from tutor.checks.registry import Level, rules
from tutor.content.gate import check_course
from tutor.content.gate.verdicts import judge
from tutor.content.loader import load_course
from tutor.core.finding import Verdict
from tutor.core.step import Step

EXAMPLE = Path(__file__).parent / "example_course"
STEPS = load_course().steps


def test_the_gate_over_the_tutors_own_course_is_green() -> None:
    result = check_course(None, rules())
    assert [str(error) for error in result.errors] == []


def test_the_gate_over_a_course_in_another_folder_is_green() -> None:
    result = check_course(EXAMPLE, rules())
    assert [str(error) for error in result.errors] == []


def test_the_gate_over_another_course_sees_a_reference_that_was_broken(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "course")
    file = tmp_path / "course/solutions/01-cache/kube/cache/deployment.yaml"
    file.write_text(file.read_text().replace("- name: cache", "- name: cash"))
    (error, *_) = check_course(tmp_path / "course", rules()).errors
    assert error.file == "steps/01-cache/step.toml"
    assert "the reference is failed by container" in error.message


@pytest.mark.parametrize("step", [step for step in STEPS if step.files], ids=lambda step: step.slug)
def test_starters_are_red_and_say_where(step: Step) -> None:
    course = load_course()
    starters = {file: course.starter(file).read_bytes() for file in (*step.given, *step.files)}
    failed = [f for f in judge(step, starters, rules()).findings if f.verdict is Verdict.FAILED]
    assert failed
    assert {finding.file for finding in failed} <= set(step.files)
    assert all(finding.message for finding in failed)


@pytest.mark.parametrize("step", [step for step in STEPS if step.files], ids=lambda step: step.slug)
def test_at_least_six_mistakes_are_seeded_in_each_step_and_none_twice(step: Step) -> None:
    course = load_course()
    file = course.folders.steps / course.names[step.slug] / "mutants.toml"
    mutants = tomllib.loads(file.read_text(encoding="utf-8"))["mutants"]
    assert len(mutants) >= 6
    assert len({(m["file"], m["old"], m["new"]) for m in mutants}) == len({m["name"] for m in mutants}) == len(mutants)
    assert len({m["rule"] for m in mutants}) >= 3


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_each_step_ends_with_a_look_at_the_cluster(step: Step) -> None:
    assert rules()[step.tasks[-1].checks[-1].rule].level in (Level.LIVE, Level.BEHAVIOUR)


def test_numbered_todos_are_in_the_starters() -> None:
    starter = load_course().folders.starter
    for number, file in enumerate(
        [
            "gateway/deployment.yaml",
            "gateway/service.yaml",
            "user/deployment.yaml",
            "user/service.yaml",
            "user/deployment.yaml",
            "user/deployment.yaml",
        ],
        1,
    ):
        assert f"# TODO {number}" in (starter / "kube" / file).read_text(encoding="utf-8")
