"""`instructor …` and `solution`: what is asked before a write, what is printed, and what a learner never sees."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.lesson.instructor_doubles import LiveDouble, MemoryCluster
from tutor.cli.main import group
from tutor.content.loader import load_course
from tutor.content.progress_file import save
from tutor.content.state import workspace_state
from tutor.core import progress
from tutor.core.progress import Progress

COURSE = load_course()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    workspace = tmp_path / "work"
    shutil.copytree(COURSE.folders.starter, workspace)
    return workspace


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> LiveDouble:
    """The cluster that the commands find."""
    found = LiveDouble(MemoryCluster())

    @asynccontextmanager
    async def following(*_: object) -> AsyncIterator[LiveDouble]:
        yield found

    monkeypatch.setattr("tutor.lesson.following.following", following)
    return found


def run(work: Path, *words: str, answer: str = "") -> Result:
    return CliRunner().invoke(group, [*words, "--workspace", str(work)], input=answer, catch_exceptions=False)


def test_the_context_is_named_and_nothing_happens_without_a_yes(work: Path, live: LiveDouble) -> None:
    for answer, code, said in (("n\n", 1, "Nothing was done."), ("", 2, "Add --yes to go on without a question.")):
        result = run(work, "instructor", "stage", "readiness", answer=answer)
        assert result.exit_code == code
        assert 'context "minikube"' in result.output
        assert 'namespace "class"' in result.output
        assert result.output.rstrip().endswith(said)
    assert live.cluster.log == []


def test_a_stage_is_set_and_taken_back(work: Path, live: LiveDouble) -> None:
    result = run(work, "instructor", "stage", "readiness", answer="y\n")
    assert result.exit_code == 0
    assert "The stage is set for readiness" in result.output
    listed = run(work, "instructor", "restore", "--list").output
    assert "before: stage readiness" in listed
    assert run(work, "instructor", "restore", "-y").exit_code == 0
    assert live.cluster.objects == {}
    assert run(work, "instructor", "restore", "-y").exit_code == 1


def test_faults_are_listed_injected_and_healed(work: Path, live: LiveDouble) -> None:
    run(work, "instructor", "stage", "replicas", "-y")
    result = CliRunner().invoke(group, ["instructor", "faults"])
    assert [line.split()[0] for line in result.output.splitlines() if line[0] != " "] == [
        "crash",
        "wrong-image",
        "broken-selector",
        "slow-start",
        "database-gone",
    ]
    assert run(work, "instructor", "fault", "broken-selector", "-y").exit_code == 0
    assert run(work, "instructor", "fault", "nothing", "-y").exit_code == 2
    healed = run(work, "instructor", "heal", "-y")
    assert "broken-selector was taken back" in healed.output


def test_a_comparison_names_lines_reasons_and_mistakes(work: Path) -> None:
    file = "kube/gateway/deployment.yaml"
    text = (COURSE.folders.solutions / "01-gateway-deployment" / file).read_text()
    (work / file).write_text(text.replace("homics/gateway:1.0.0", "homics/gatway:1.0.0"))
    result = run(work, "instructor", "compare", "gateway-deployment")
    assert result.exit_code == 0
    assert f"{file}:1  Deployment gateway-deployment: differs from the reference" in result.output
    assert "≠ spec.template.spec.containers[gateway].image" in result.output
    assert "learner    homics/gatway:1.0.0  (line 19)" in result.output
    assert "Mistakes to expect" in result.output
    assert text not in result.output
    assert text in run(work, "instructor", "compare", "gateway-deployment", "--reference").output
    assert run(work, "instructor", "compare", "gateway").exit_code == 2


def answers(slug: str) -> list[str]:
    """Lines of the reference of a step that its starters do not have."""
    lines: list[str] = []
    for file, path in COURSE.solution(slug).items():
        known = COURSE.starter(file).read_text().splitlines()
        lines += [line for line in path.read_text().splitlines() if line not in known]
    return lines


@pytest.mark.parametrize("step", [step for step in COURSE.steps if step.files], ids=lambda step: step.slug)
def test_a_solution_opens_when_the_step_is_done(work: Path, step) -> None:  # type: ignore[no-untyped-def]
    closed = run(work, "solution", step.slug)
    assert closed.exit_code == 2
    assert not any(line.strip() in closed.output for line in answers(step.slug))
    assert "hint" in closed.output
    state = workspace_state(work)
    state.create()
    save(state.progress, progress.passed(Progress(), step.slug, 1.0, ["seen"]))
    opened = run(work, "solution", step.slug)
    assert opened.exit_code == 0
    assert all(line in opened.output for line in answers(step.slug))
    assert "Other correct ways" in opened.output


def test_a_learners_workspace_and_state_never_hold_a_solution(work: Path, tmp_path: Path) -> None:
    for step in COURSE.steps:
        run(work, "hint", step.slug, "--tier", "3")
        run(work, "check", step.slug, "--offline")
        run(work, "solution", step.slug)
    text = "\n".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    for step in COURSE.steps:
        for path in COURSE.solution(step.slug).values():
            body = re.split(r"^spec:\n", path.read_text(), flags=re.MULTILINE)[1]
            assert body not in text


def test_a_missing_solution_is_a_sentence(work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "course"
    for name in ("steps", "starter", "solutions"):
        shutil.copytree(COURSE.folders.root / name, root / name)
    broken = load_course(root)
    monkeypatch.setattr("tutor.lesson.session.load_course", lambda _=None: broken)
    reference = root / "solutions/01-gateway-deployment/kube/gateway/deployment.yaml"
    reference.unlink()
    reference.mkdir()
    result = run(work, "--instructor", "solution", "gateway-deployment")
    assert result.exit_code == 2
    assert "is missing from this installation" in result.output
    compared = run(work, "instructor", "compare", "gateway-deployment")
    assert "? kube/gateway/deployment.yaml: the reference is missing." in compared.output
