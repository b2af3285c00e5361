"""What was judged is not judged again while nothing changed; what is not right is, though nothing changed."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeClock
from tutor.checks.evaluate import CheckResult, Evaluation, StepVerdict
from tutor.checks.registry import rules
from tutor.content.loader import load_course
from tutor.core.finding import Finding, Verdict
from tutor.core.step import CheckRef, Step
from tutor.core.timeline import Answered, CommandRun, Timeline
from tutor.lesson.connecting import Link
from tutor.lesson.judging import Judge
from tutor.lesson.lesson import REFRESH, Lesson
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings
from tutor.lesson.standing import BY_WHAT_HAPPENED, by_what_happened, fails_by_files_alone

ROOT = Path(__file__).parent.parent.parent
FILE = "kube/gateway/deployment.yaml"


class Room:
    """A lesson without a cluster, and how often it was judged."""

    def __init__(self, workspace: Path, verdict: StepVerdict, monkeypatch: pytest.MonkeyPatch) -> None:
        for file, source in load_course().reference("gateway-deployment").items():
            target = workspace / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
        self.clock = FakeClock()
        session = open_session(Settings(workspace=workspace, kubeconfig=workspace / "none"))
        self.workspace, self.link = workspace, Link(session, self.clock)
        self.lesson = Lesson(session, self.link, self.clock)
        self.judged = 0

        def offline(_: Judge, step: Any, now: float, **__: Any) -> Evaluation:
            self.judged += 1
            return Evaluation(step.slug, (), verdict)

        monkeypatch.setattr(Judge, "offline", offline)

    async def judges_again(self) -> bool:
        """Whether a reason to judge leads to a judgement."""
        before = self.judged
        if not self.lesson._stands():
            await self.lesson._judge_current(afresh=False)
        return self.judged > before


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[StepVerdict], Room]:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    return lambda verdict: Room(tmp_path / "work", verdict, monkeypatch)


async def test_what_passes_is_judged_again_only_where_something_changed(room: Callable[[StepVerdict], Room]) -> None:
    there = room(StepVerdict.PASSED)
    assert [await there.judges_again() for _ in range(3)] == [True, False, False]
    Timeline.append(there.lesson.timeline, Answered(there.clock.now(), "1.0.0"))
    assert not await there.judges_again()
    (there.workspace / FILE).write_text("kind: Other\n")
    assert [await there.judges_again() for _ in range(2)] == [True, False]
    (there.workspace / "kube/gateway/more.yaml").write_text("kind: Service\n")
    assert [await there.judges_again() for _ in range(2)] == [True, False]
    there.link._why = "The cluster went away."
    assert [await there.judges_again() for _ in range(2)] == [True, False]


@pytest.mark.parametrize("verdict", [StepVerdict.NOT_YET, StepVerdict.COULD_NOT_CHECK])
async def test_what_does_not_pass_is_judged_for_every_reason(
    room: Callable[[StepVerdict], Room], verdict: StepVerdict
) -> None:
    there = room(verdict)
    assert [await there.judges_again() for _ in range(3)] == [True, True, True]


def judged(*verdicts: tuple[str, Verdict]) -> Evaluation:
    """An evaluation with one finding a rule."""
    results = tuple(
        CheckResult(CheckRef(rule), "task", (Finding(rule, verdict, "said"),)) for rule, verdict in verdicts
    )
    return Evaluation("crash", results, StepVerdict.NOT_YET)


def test_what_is_wrong_in_the_files_alone_is_mended_by_a_save_alone() -> None:
    known = rules()
    manifest, server, live = "container", "server-accepts", "deployment-ready"
    wrong, right, left_out, unknown = Verdict.FAILED, Verdict.PASSED, Verdict.SKIPPED, Verdict.UNKNOWN
    assert fails_by_files_alone(judged((manifest, wrong), (server, left_out), (live, left_out)), known)
    assert not fails_by_files_alone(judged((manifest, wrong), (live, wrong)), known)
    assert not fails_by_files_alone(judged((manifest, wrong), (server, unknown)), known)
    assert not fails_by_files_alone(judged((manifest, unknown), (live, left_out)), known)
    assert not fails_by_files_alone(judged((manifest, right), (live, right)), known)
    assert not fails_by_files_alone(judged(("no-such-rule", wrong)), known)


async def test_a_step_about_what_happened_is_judged_for_every_answer(room: Callable[[StepVerdict], Room]) -> None:
    there = room(StepVerdict.PASSED)
    await there.lesson.go_to("crash")
    assert [await there.judges_again() for _ in range(3)] == [True, True, True]


async def test_what_is_kept_of_a_crash_is_what_was_told_last_while_the_learner_stayed(
    room: Callable[[StepVerdict], Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = room(StepVerdict.PASSED)
    told = ["9 calls, no error"]

    def offline(_: Judge, step: Step, now: float, **__: Any) -> Evaluation:
        finding = Finding("crash-seen", Verdict.PASSED, told[-1])
        return Evaluation(step.slug, (CheckResult(step.checks[0], step.tasks[0].id, (finding,)),), StepVerdict.PASSED)

    monkeypatch.setattr(Judge, "offline", offline)

    async def kept(message: str) -> tuple[str, ...]:
        told.append(message)
        await there.clock.advance(1.0)
        await there.lesson._judge_current(afresh=False)
        return there.lesson.view.evidence

    await there.lesson.go_to("crash")
    assert await kept("12 calls, 1 error") == ("12 calls, 1 error",)
    passed_at = there.lesson.view.passed_at
    assert await kept("13 calls, 1 error") == ("13 calls, 1 error",)
    assert there.lesson.view.passed_at == passed_at
    await there.lesson.go_to("rolling-update")
    await there.lesson.go_to("crash")
    assert await kept("another crash, a day later") == ("13 calls, 1 error",)


async def test_a_view_is_replaced_only_where_it_differs(room: Callable[[StepVerdict], Room]) -> None:
    there = room(StepVerdict.PASSED)
    await there.judges_again()
    lesson, now = there.lesson, there.clock.now()

    async def published(*entries: Any) -> bool:
        before = lesson.view.version
        for entry in entries:
            Timeline.append(lesson.timeline, entry)
        await lesson._publish()
        return lesson.view.version > before

    assert not await published()
    assert await published(Answered(now, "1.0.0"))
    assert not await published(Answered(now + 1, "1.0.0"))
    assert await published(Answered(now + 2, "2.0.0"))
    assert await published(Answered(now + 3, "", "refused"))
    assert await published(Answered(now + 4, "", "refused")), "each error is told"
    assert await published(CommandRun(now, "kubectl apply -f x"))
    (there.workspace / FILE).write_text("kind: Other\n")
    assert await published()


@pytest.mark.parametrize("verdict", list(StepVerdict))
async def test_what_is_not_right_is_looked_at_each_second_on_its_own(
    room: Callable[[StepVerdict], Room], verdict: StepVerdict
) -> None:
    there = room(verdict)
    await there.judges_again()
    there.link.live = object()  # type: ignore[assignment]
    work = asyncio.create_task(there.lesson._refresh())
    asked = []
    for _ in range(3):
        there.lesson._judge_again.clear()
        await there.clock.advance(REFRESH)
        asked.append(there.lesson._judge_again.is_set())
    work.cancel()
    assert asked == [verdict is not StepVerdict.PASSED] * 3


@pytest.mark.parametrize("verdict", list(StepVerdict))
async def test_the_files_of_a_step_that_is_worked_on_are_looked_at_often(
    room: Callable[[StepVerdict], Room], verdict: StepVerdict
) -> None:
    there = room(verdict)
    assert there.lesson._worked_on() == (FILE,)
    await there.judges_again()
    assert there.lesson._worked_on() == (FILE,)


def test_the_rules_that_read_the_timeline_are_known() -> None:
    reading = set()
    for path in (ROOT / "tutor/checks").glob("*/*.py"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if any(isinstance(node, ast.Attribute) and node.attr == "timeline" for node in nodes):
            reading.add(path.stem.replace("_", "-"))
    assert reading & rules().keys() == BY_WHAT_HAPPENED
    course = load_course()
    told = [step.slug for step in course.steps if by_what_happened(step)]
    assert told == ["crash", "rolling-update", "readiness", "replicas"]
