"""The demonstration: red, the acts, green, in this order; it stops at the first step that is not so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.fakes import FakeClock
from tests.lesson.instructor_doubles import MemoryCluster
from tutor.content.loader import load_course
from tutor.core.finding import Finding, Verdict
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.step import Step
from tutor.core.timeline import Answered, Timeline
from tutor.lesson.demo import Demo, Played
from tutor.lesson.demo_room import LABEL, Room, _leave, _namespace, _target
from tutor.lesson.instructor.exact import put_exactly
from tutor.lesson.instructor.staging import plan_stage
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings
from tutor.lesson.view import ActionResult, Connection, ConnectionView, LessonView

COURSE = load_course()


class Hasty(FakeClock):
    """Sleeping costs no time but its own."""

    async def sleep(self, seconds: float) -> None:
        self._now += max(seconds, 0.001)
        await asyncio.sleep(0)


class LessonDouble:
    """A lesson whose steps pass when `passes` says so, by the acts that were done."""

    def __init__(self, session: Session, cluster: MemoryCluster, clock: FakeClock) -> None:
        self.session, self.cluster, self.clock = session, cluster, clock
        self.acts: list[str] = []
        self.green_before: set[str] = set()
        self.broken: set[str] = set()
        """Steps that stay red."""
        self.refused: set[str] = set()
        self.connected = True
        self.timeline = Timeline()
        self._view = LessonView(COURSE.steps, MappingProxyType({}), "", self._connection(), "~")

    def _connection(self) -> ConnectionView:
        state = Connection.CONNECTED if self.connected else Connection.NONE
        return ConnectionView(state, message="" if self.connected else "Nobody answers.")

    @property
    def view(self) -> LessonView:
        for _ in range(3):
            self.timeline.append(Answered(self.clock.now(), "1.0.0"))
        step = COURSE.step(self._view.current)
        done = step is not None and self._done(step)
        green = done or self._view.current in self.green_before
        findings = [Finding("file-parses", Verdict.PASSED if green else Verdict.FAILED, "The file can be read.")]
        findings += [Finding("applied", Verdict.PASSED if green else Verdict.SKIPPED, f"{n} is there.") for n in "AB"]
        slices = {
            "kind": "EndpointSlice",
            "metadata": {"name": "user-x", "labels": {"kubernetes.io/service-name": "user"}},
            "endpoints": [{"conditions": {"ready": True}}] * 2,
        }
        objects = {(kind, name): obj for (kind, name), obj in self.cluster.objects.items()}
        snapshot = ClusterSnapshot("class", self.clock.now(), {**objects, ("EndpointSlice", "user-x"): slices})
        return replace(
            self._view,
            findings=tuple(findings),
            verdict="passed" if green else "not-yet",
            connection=self._connection(),
            snapshot=snapshot,
        )

    def _done(self, step: Step) -> bool:
        wanted = (["apply"] if step.files or step.given else []) + ([step.action] if step.action else [])
        return (
            step.slug not in self.broken
            and [a for s, a in self._acts_of()][-len(wanted) :] == wanted
            and all(s == step.slug for s, _ in self._acts_of()[-len(wanted) :])
        )

    def _acts_of(self) -> list[tuple[str, str]]:
        return [tuple(act.split(" ", 1)) for act in self.acts]  # type: ignore[misc]

    async def go_to(self, slug: str) -> None:
        self._view = replace(self._view, current=slug)

    async def check(self) -> LessonView:
        return self.view

    async def changed(self, _seen: int) -> LessonView:
        await self.clock.sleep(1.0)
        return self.view

    async def act(self, action: str) -> ActionResult:
        if action in self.refused:
            return ActionResult(False, "kubectl x", "no such thing")
        self.acts.append(f"{self._view.current} {action}")
        if action == "apply":
            step = self.session.step(self._view.current)
            for obj in plan_stage(COURSE, step.slug, "class", after=True).objects:
                await put_exactly(self.cluster, obj, self.clock)  # type: ignore[arg-type]
        return ActionResult(True, f"kubectl {action}", "done\nand more")


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    return open_session(Settings(workspace=tmp_path / "work"))


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster()


@pytest.fixture
def clock() -> Hasty:
    return Hasty()


@pytest.fixture
def lesson(session: Session, cluster: MemoryCluster, clock: Hasty) -> LessonDouble:
    return LessonDouble(session, cluster, clock)


@pytest.fixture
def demo(session: Session, cluster: MemoryCluster, clock: Hasty, lesson: LessonDouble) -> Demo:
    return Demo(Room(lesson, session, cluster), clock)  # type: ignore[arg-type]


async def played(demo: Demo, *slugs: str) -> list[Played]:
    steps = tuple(step for step in COURSE.steps if step.slug in slugs or not slugs)
    return [line async for line in demo.play(steps)]


async def test_a_course_is_played_step_by_step(demo: Demo, lesson: LessonDouble, session: Session) -> None:
    lines = await played(demo)
    assert [line.step for line in lines if line.what == "green"] == [step.slug for step in COURSE.steps]
    by_step = {step.slug: [line.what for line in lines if line.step == step.slug] for step in COURSE.steps}
    assert by_step["gateway-deployment"] == ["red", "did", "did", "check", "check", "check", "green"]
    assert by_step["crash"] == ["red", "did", "check", "check", "check", "green"]
    assert by_step["replicas"] == ["red", "did", "did", "did", "check", "check", "check", "green"]
    for step in COURSE.steps:
        for file, source in COURSE.solution(step.slug).items():
            if file.startswith("kube/gateway"):
                assert session.workspace.path(file).read_text() == source.read_text()
    assert [line.at for line in lines] == sorted(line.at for line in lines)


async def test_the_second_check_of_a_rule_is_a_line_of_its_own(demo: Demo) -> None:
    lines = await played(demo, "gateway-deployment")
    assert [line.text for line in lines if line.rule == "applied"] == ["A is there.", "B is there."]


async def test_a_step_that_is_green_before_its_act_stops_the_play(demo: Demo, lesson: LessonDouble) -> None:
    lesson.green_before = {"gateway-service"}
    lines = await played(demo)
    assert (lines[-1].step, lines[-1].what) == ("gateway-service", "failed")
    assert "before anything was done" in lines[-1].text
    assert lesson.acts == ["gateway-deployment apply"]


async def test_a_step_that_does_not_turn_green_says_what_is_open(demo: Demo, lesson: LessonDouble) -> None:
    lesson.broken = {"gateway-service"}
    lines = await played(demo)
    assert lines[-1].what == "failed"
    assert "not green after 120 s: The file can be read." in lines[-1].text


async def test_an_act_that_is_refused_stops_the_play(demo: Demo, lesson: LessonDouble) -> None:
    lesson.refused = {"crash"}
    lines = await played(demo)
    assert (lines[-1].step, lines[-1].what) == ("crash", "failed")
    assert "no such thing" in lines[-1].text


async def test_a_crash_waits_until_there_is_something_to_see(demo: Demo, lesson: LessonDouble) -> None:
    lesson.cluster.slow = True
    lines = await played(demo, "user-database", "crash")
    assert lines[-1].text == "user-deployment was not ready with answers within 120 s"
    assert "crash crash" not in lesson.acts


async def test_without_a_cluster_nothing_is_played(demo: Demo, lesson: LessonDouble) -> None:
    lesson.connected = False
    (line,) = await played(demo)
    assert (line.what, line.text) == ("failed", "Nobody answers.")


async def test_a_taken_port_is_left_out_of_what_is_written(
    demo: Demo, cluster: MemoryCluster, session: Session
) -> None:
    cluster.taken_ports = {31317}
    lines = await played(demo, "gateway-service")
    assert lines[-1].what in ("green", "failed")
    text = session.workspace.path("kube/gateway/service.yaml").read_text()
    assert "nodePort" not in text
    assert "targetPort: 8080" in text


async def test_files_are_typed_line_by_line_where_somebody_watches(
    session: Session, cluster: MemoryCluster, clock: Hasty, lesson: LessonDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real: Callable[[Path, bytes], None] = __import__("tutor.content.atomic", fromlist=["x"]).replace_file

    def watched(path: Path, data: bytes) -> None:
        sizes.append(len(data.splitlines()))
        real(path, data)

    monkeypatch.setattr("tutor.lesson.demo.replace_file", watched)
    await played(Demo(Room(lesson, session, cluster), clock, pause=2.0), "gateway-deployment")  # type: ignore[arg-type]
    assert sizes == list(range(1, 22))


async def test_one_step_alone_is_played_on_its_stage(demo: Demo, cluster: MemoryCluster, session: Session) -> None:
    step = session.step("readiness")
    lines = [line async for line in demo.set_stage(step)]
    assert lines[-1].text.startswith("The stage is set for readiness")
    image = cluster.live("Deployment", "user-deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "homics/user-activity:2.0.0"
    assert "readinessProbe" not in session.workspace.path("kube/user/deployment.yaml").read_text()
    cluster.writes_left = 0
    failed = [line async for line in demo.set_stage(session.step("crash"))]
    assert failed[-1].what == "failed"


async def test_the_room_makes_a_namespace_and_removes_its_own_only(session: Session, clock: Hasty) -> None:
    cluster = MemoryCluster(namespace="homics-demo")
    assert await _namespace(cluster, session, clock)  # type: ignore[arg-type]
    assert LABEL in cluster.live("Namespace", "homics-demo")["metadata"]["labels"]
    # One that a killed demonstration left is made anew.
    cluster.log.clear()
    assert await _namespace(cluster, session, clock)  # type: ignore[arg-type]
    assert cluster.log == ["delete Namespace homics-demo", "apply Namespace homics-demo"]
    await _leave(cluster)  # type: ignore[arg-type]
    assert cluster.objects == {}


async def test_a_namespace_of_somebody_else_is_used_only_while_it_is_empty(session: Session, clock: Hasty) -> None:
    cluster = MemoryCluster(namespace="default")
    await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}})
    assert not await _namespace(cluster, session, clock)  # type: ignore[arg-type]
    await cluster.apply(plan_stage(COURSE, "gateway-service", "default").objects[0])
    with pytest.raises(Problem, match="holds objects of the course already"):
        await _namespace(cluster, session, clock)  # type: ignore[arg-type]


async def test_a_cluster_that_is_away_at_the_end_keeps_nobody() -> None:
    cluster = MemoryCluster(namespace="homics-demo")
    await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "homics-demo"}})
    cluster.writes_left = 0
    await _leave(cluster)  # type: ignore[arg-type]
    assert ("Namespace", "homics-demo") in cluster.objects


@pytest.mark.parametrize(("kind", "starts"), [("practice", 1), ("minikube", 0)])
async def test_a_practice_cluster_that_was_stopped_is_started_for_it(
    kind: str, starts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = replace(MemoryCluster().target, kind=kind)
    monkeypatch.setattr("tutor.lesson.demo_room.choose_target", lambda _: target)
    started: list[int] = []

    def start() -> str:
        started.append(1)
        return ""

    assert await _target(Settings(), start) is target
    assert len(started) == starts
