"""Looks: pictures of the lesson screen that somebody looked at. What it does is tried elsewhere."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.ui.fake_lesson import IMAGE, NOW, PARSES, PULL, READY, SELECTOR, UNREACHED, WAITS, FakeLesson
from tests.ui.fake_lesson import LOST as LOST_CLUSTER
from tutor.core.finding import Verdict
from tutor.lesson.view import StepState
from tutor.ui.app import TutorApp

WIDE, NARROW = (160, 48), (80, 24)
Compare = Callable[..., bool]

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock of the live panel needs a fixed zone")


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


Scene = Callable[[FakeLesson], Awaitable[None]]


def play(lesson: FakeLesson, before: Scene | None, *keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        pilot.app.animation_level = "none"
        if before is not None:
            await before(lesson)
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        pilot.app.clear_notifications()
        # What wraps by its width is laid out once more when it knows its height.
        for _ in range(4):
            await pilot.pause()

    return run


async def mistaken(lesson: FakeLesson) -> None:
    await lesson.found(PARSES, SELECTOR, IMAGE, PULL, WAITS)
    states = {**lesson.view.states, "gateway-deployment": StepState.NOT_YET}
    await lesson.put(states=states, tasks={"write": Verdict.FAILED, "apply": Verdict.SKIPPED})


async def passed(lesson: FakeLesson) -> None:
    await lesson.found(PARSES, READY, verdict="passed")
    await lesson.put(
        states={**lesson.view.states, "gateway-deployment": StepState.PASSED},
        tasks={"write": Verdict.PASSED, "apply": Verdict.PASSED},
        passed_at=NOW,
        evidence=(PARSES.message, READY.message),
    )


async def unreachable(lesson: FakeLesson) -> None:
    await lesson.found(PARSES, UNREACHED, WAITS, verdict="could-not-check")
    await lesson.put(connection=LOST_CLUSTER, snapshot=None)


@pytest.mark.parametrize(
    ("size", "before", "keys"),
    [
        pytest.param(WIDE, mistaken, ("f", "a"), id="wide-findings"),
        pytest.param(NARROW, mistaken, ("f",), id="narrow-findings"),
        pytest.param(WIDE, passed, ("d",), id="wide-passed"),
        pytest.param(NARROW, unreachable, ("5",), id="narrow-could-not-check"),
        pytest.param(NARROW, None, ("question_mark",), id="narrow-keys"),
    ],
)
def test_the_lesson_looks_as_it_did(
    lesson: FakeLesson, snap_compare: Compare, size: tuple[int, int], before: Scene | None, keys: tuple[str, ...]
) -> None:
    assert snap_compare(TutorApp(lesson), terminal_size=size, run_before=play(lesson, before, *keys))


def test_the_question_before_the_first_write_looks_as_it_did(lesson: FakeLesson, snap_compare: Compare) -> None:
    lesson.question = 'The tutor is about to apply in the context "minikube", namespace "default". Go on?'
    assert snap_compare(TutorApp(lesson), terminal_size=NARROW, run_before=play(lesson, None, "a"))
