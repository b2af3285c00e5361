"""The instructor's use cases: comparisons with their reasons, actions that name their context, the safety of all."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.lesson.instructor_doubles import LiveDouble, MemoryCluster
from tutor.content.loader import load_course
from tutor.content.reset import undo
from tutor.content.sections import section
from tutor.core import progress
from tutor.core.comparing.comparison import Pairing
from tutor.lesson.instructor.instructing import Instructor
from tutor.lesson.instructor.staging import Line, Word
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings
from tutor.lesson.view import ActionResult

COURSE = load_course()


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    workspace = tmp_path / "work"
    shutil.copytree(COURSE.folders.starter, workspace)
    return open_session(Settings(workspace=workspace, instructor=True))


@pytest.fixture
def live() -> LiveDouble:
    return LiveDouble(MemoryCluster())


@pytest.fixture
def done() -> list[ActionResult]:
    return []


@pytest.fixture
def instructor(session: Session, live: LiveDouble, done: list[ActionResult]) -> Instructor:
    async def record(result: ActionResult) -> None:
        done.append(result)

    return Instructor(session, lambda: live, FakeClock(), done=record)  # type: ignore[arg-type, return-value]


async def lines(action: AsyncIterator[Line]) -> list[Line]:
    return [line async for line in action]


def write(session: Session, solution: str, file: str, old: str = "", new: str = "") -> None:
    text = (COURSE.folders.solutions / solution / file).read_text()
    assert old in text
    session.workspace.path(file).write_text(text.replace(old, new) if old else text)


@pytest.mark.parametrize("step", COURSE.steps, ids=lambda step: step.slug)
def test_every_step_has_its_reference_its_reasons_and_its_mistakes(instructor: Instructor, step) -> None:  # type: ignore[no-untyped-def]
    found = instructor.compare(step.slug)
    assert [file.path for file in found.files] == list(step.files)
    assert all(file.reference and file.exists for file in found.files)
    assert found.notes
    assert found.mistakes
    if step.files and step.slug != "stats-stock":
        assert found.reasons
        assert found.other_ways
    assert all(one.pairing in (Pairing.MISSING, Pairing.DIFFERS) for one in found.objects)


def test_a_file_that_is_another_correct_way_is_as_good(instructor: Instructor, session: Session) -> None:
    write(session, "01-gateway-deployment", "kube/gateway/deployment.yaml", "app: gateway", "role: front")
    (one,) = instructor.compare("gateway-deployment").objects
    assert one.pairing is Pairing.AS_GOOD
    write(session, "01-gateway-deployment", "kube/gateway/deployment.yaml", ":1.0.0", ":1.0.1")
    (one,) = instructor.compare("gateway-deployment").objects
    assert one.pairing is Pairing.DIFFERS
    (difference,) = one.differences
    assert (difference.learner, difference.learner_line) == ("homics/gateway:1.0.1", 19)


def test_a_service_is_compared_with_the_deployment_of_another_step(instructor: Instructor, session: Session) -> None:
    write(session, "01-gateway-deployment", "kube/gateway/deployment.yaml", "app: gateway", "role: front")
    write(session, "02-gateway-service", "kube/gateway/service.yaml", "app: gateway", "role: front")
    (one,) = instructor.compare("gateway-service").objects
    assert one.pairing is Pairing.AS_GOOD


def test_a_file_that_cannot_be_read_is_said(instructor: Instructor, session: Session) -> None:
    session.workspace.path("kube/gateway/deployment.yaml").write_text("kind: [")
    found = instructor.compare("gateway-deployment")
    assert [one.pairing for one in found.objects] == [Pairing.MISSING]
    assert found.problems
    assert found.problems[0].startswith("kube/gateway/deployment.yaml: ")


def test_an_unknown_step_names_the_steps(instructor: Instructor) -> None:
    with pytest.raises(Problem, match="Did you mean readiness"):
        instructor.compare("readines")


async def test_a_stage_begins_its_step_anew_and_is_recorded(
    instructor: Instructor, session: Session, done: list[ActionResult]
) -> None:
    session.change(lambda p: progress.passed(p, "readiness", 5.0, ["seen"]))
    assert '"minikube"' in instructor.question("set the stage for readiness")
    said = await lines(instructor.stage("readiness"))
    assert said[-1].word is Word.DONE
    assert session.progress.current == "readiness"
    assert not session.progress.passed("readiness")
    assert session.progress.of("readiness").begun_at == FakeClock().now()
    assert [result.command for result in done] == ["homics-tutor instructor stage readiness"]
    assert instructor.question("crash user") == ""
    assert [backup.why for backup in instructor.backups()] == ["stage readiness"]
    assert (await lines(instructor.restore()))[-1].ok
    assert session.progress.passed("readiness")
    assert (await lines(instructor.restore()))[-1].text.startswith("There is nothing to have back")
    assert not (await lines(instructor.restore(77)))[-1].ok


async def test_a_reference_is_applied_exactly(instructor: Instructor, live: LiveDouble) -> None:
    result = await instructor.apply_reference("readiness")
    assert result.ok
    assert result.command == "kubectl apply -f kube/user/deployment.yaml"
    assert result.message == "Deployment user-deployment created"
    assert (await instructor.apply_reference("readiness")).message == "Deployment user-deployment unchanged"
    assert set(live.cluster.objects) == {("Deployment", "user-deployment")}
    given = await instructor.apply_reference("user-database")
    assert given.message.splitlines() == [
        "Deployment homics-db-deployment created",
        "Service homics-db created",
        "Deployment user-deployment configured",
        "Service user created",
    ]
    nothing = await instructor.apply_reference("crash")
    assert not nothing.ok
    assert "writes no file" in nothing.message


async def test_faults_and_healing(instructor: Instructor, live: LiveDouble) -> None:
    await lines(instructor.stage("replicas"))
    for fault in instructor.faults:
        assert fault.watch
        assert fault.command
        result = await instructor.inject(fault.name)
        assert result.ok, result.message
    assert live.crashes == 1
    healed = await instructor.heal()
    assert len(healed.message.splitlines()) == 4
    assert "no fault to take back" in (await instructor.heal()).message
    assert "The faults are: crash, " in (await instructor.inject("flood")).message


async def test_nothing_is_done_without_a_cluster_or_where_it_is_not_allowed(session: Session, live: LiveDouble) -> None:
    away = LiveDouble(MemoryCluster())
    away.lost = "https://x does not answer."
    company = LiveDouble(MemoryCluster("company", kind="other"))
    none = Instructor(session, lambda: None, FakeClock(), lambda: "No kubeconfig was found.")
    for one, why in (
        (none, "No kubeconfig was found."),
        (Instructor(session, lambda: away, FakeClock()), "does not answer"),  # type: ignore[arg-type, return-value]
        (Instructor(session, lambda: company, FakeClock()), '"company"'),  # type: ignore[arg-type, return-value]
    ):
        texts = [
            (await lines(one.stage("readiness")))[-1].text,
            (await lines(one.restore()))[-1].text,
            (await one.apply_reference("readiness")).message,
            (await one.inject("crash")).message,
            (await one.heal()).message,
        ]
        assert all(why in text for text in texts), texts
        assert one.question("x") == "" or one is not none
    assert away.cluster.log == company.cluster.log == []
    assert away.crashes == company.crashes == 0


async def test_a_cluster_that_goes_away_during_an_action_is_an_answer(instructor: Instructor, live: LiveDouble) -> None:
    nobody = await instructor.inject("crash")
    assert not nobody.ok
    assert nobody.message == "There is no pod of the Service user to crash."
    live.cluster.writes_left = 0
    for result in (
        await instructor.apply_reference("readiness"),
        await instructor.inject("slow-start"),
        await instructor.heal(),
    ):
        assert not result.ok
        assert "does not answer" in result.message
    assert (await lines(instructor.stage("crash")))[-1].word is Word.FAILED


async def test_a_missing_reference_is_a_clear_error(
    tmp_path: Path, session: Session, live: LiveDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "course"
    for name in ("steps", "starter", "solutions"):
        shutil.copytree(COURSE.folders.root / name, root / name)
    broken = load_course(root)
    session.course = broken
    one = Instructor(session, lambda: live, FakeClock())  # type: ignore[arg-type, return-value]
    (root / "solutions/06-readiness/kube/user/deployment.yaml").write_text("kind: [")
    said = await lines(one.stage("replicas"))
    assert said[-1].word is Word.FAILED
    assert "solutions/06-readiness/kube/user/deployment.yaml" in said[-1].text
    assert "author check" in said[-1].text
    (root / "solutions/02-gateway-service/kube/gateway/service.yaml").unlink()
    assert "the reference of kube/gateway/service.yaml is missing" in (await lines(one.stage("crash")))[-1].text
    assert "is missing" in (await one.apply_reference("readiness")).message
    assert live.cluster.log == []


async def test_a_stage_can_set_the_files_as_well_and_keeps_a_copy(
    instructor: Instructor, session: Session, live: LiveDouble
) -> None:
    mine = session.workspace.path("kube/user/deployment.yaml")
    mine.write_text("# mine\n")
    said = await lines(instructor.stage("replicas", files=True))
    assert said[-1].ok
    assert "kube/user/deployment.yaml" in said[-2].text
    assert [one.pairing for one in instructor.compare("readiness").objects] == [Pairing.SAME]
    assert [one.pairing for one in instructor.compare("replicas").objects] == [Pairing.DIFFERS]
    assert session.workspace.path("kube/monolith/deployment.yaml").read_text().startswith("# TODO")
    undone = undo(session.workspace, session.state)
    assert undone is not None
    assert mine.read_text() == "# mine\n"


def test_sections_of_markdown() -> None:
    text = "# A\n\nx\n\n## Why each field\n\n- one\n- two\n\n## Mistakes to expect\n\nthree\n"
    assert section(text, "Why each field") == "- one\n- two"
    assert section(text, "Mistakes to expect") == "three"
    assert section(text, "Nothing") == ""
