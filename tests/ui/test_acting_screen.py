"""Acting on the cluster: the command is seen, asked for once, and its answer stays readable."""

from __future__ import annotations

import asyncio

import pytest

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import CONNECTED, GATEWAY, LOST, FakeLesson
from tests.ui.screen_text import screen_text, settled, until
from tutor.lesson.view import ActionResult
from tutor.ui.dialogs.confirm import Confirm
from tutor.ui.widgets.result_bar import ResultBar

QUESTION = 'The tutor is about to apply in the context "minikube", namespace "default". Go on?'


@pytest.mark.parametrize(
    ("key", "action", "command"),
    [
        ("a", "apply", f"kubectl apply -f {GATEWAY}"),
        ("x", "crash", "kubectl get --raw /crash"),
        ("u", "roll:2.0.0", "kubectl set image deployments/user-deployment user=2.0.0"),
        ("b", "roll:1.0.0", "kubectl set image deployments/user-deployment user=1.0.0"),
    ],
)
async def test_an_action_shows_its_command_and_what_it_said(
    opened: Opened, lesson: FakeLesson, key: str, action: str, command: str
) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press(key)
        text = await settled(pilot)
        assert f"act {action}" in lesson.asked
        assert f"$ {command}" in text
        assert "✓ deployment.apps/gateway-deployment created" in text


async def test_before_the_first_write_context_and_command_are_shown(opened: Opened, lesson: FakeLesson) -> None:
    lesson.question = QUESTION
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        text = await settled(pilot)
        assert isinstance(pilot.app.screen, Confirm)
        assert 'context "minikube"' in text.replace("\n", " ")
        assert f"kubectl apply -f {GATEWAY}" in text
        assert "act apply" not in lesson.asked
        await pilot.press("y")
        await settled(pilot)
        assert "act apply" in lesson.asked


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_means_no(opened: Opened, lesson: FakeLesson, key: str) -> None:
    lesson.question = QUESTION
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        await settled(pilot)
        await pilot.press(key)
        text = await settled(pilot)
        assert not any(intent.startswith("act") for intent in lesson.asked)
        assert "Nothing was done." in text
        # It is a word for a while, and no answer of a command that stays until something else is done.
        assert not pilot.app.screen.query_one(ResultBar).display


async def test_enter_takes_the_answer_that_is_drawn_as_a_button(opened: Opened, lesson: FakeLesson) -> None:
    lesson.question = QUESTION
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        await settled(pilot)
        assert pilot.app.screen.query_one("#confirm-yes").has_class("-primary")
        await pilot.press("enter")
        await settled(pilot)
        assert "act apply" in lesson.asked


async def test_what_a_command_said_stays_behind_with_its_step(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        assert "$ kubectl apply" in await settled(pilot)
        await lesson.go_to("crash")
        assert "$ kubectl apply" not in await settled(pilot)


async def test_that_there_was_no_cluster_is_not_said_any_more_when_it_is_back(
    opened: Opened, lesson: FakeLesson
) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(connection=LOST)
        pilot.app.screen.query_one(ResultBar).result = ActionResult(False, "", "There is no cluster to act on.")
        assert "no cluster to act on" in await settled(pilot)
        await lesson.put(connection=CONNECTED)
        assert "no cluster to act on" not in await settled(pilot)


async def test_the_question_is_answered_by_mouse_as_well(opened: Opened, lesson: FakeLesson) -> None:
    lesson.question = QUESTION
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        await settled(pilot)
        await pilot.click("#confirm-yes")
        await settled(pilot)
        assert "act apply" in lesson.asked


async def test_an_action_under_way_is_seen(opened: Opened, lesson: FakeLesson) -> None:
    lesson.held = asyncio.Event()
    async with opened(80, 24) as pilot:
        await pilot.press("x")
        assert "$ kubectl get --raw /crash  …" in await settled(pilot)
        lesson.held.set()
        assert "created" in await settled(pilot)


async def test_what_is_under_way_is_neither_broken_off_nor_begun_twice(opened: Opened, lesson: FakeLesson) -> None:
    lesson.held = asyncio.Event()
    async with opened(80, 24) as pilot:
        await pilot.press("x")
        await settled(pilot)
        await pilot.press("x", "a")
        assert "One thing at a time" in await settled(pilot)
        lesson.held.set()
        assert "created" in await settled(pilot)
        assert [intent for intent in lesson.asked if intent.startswith("act")] == ["act crash"]
        await pilot.press("a")
        await settled(pilot)
        assert lesson.asked[-1] == "act apply"


async def test_a_refusal_is_told_as_one(opened: Opened, lesson: FakeLesson) -> None:
    lesson.result = ActionResult(False, "", 'The context "production" is not a local practice cluster.')
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        assert '✗ The context "production"' in await settled(pilot)


async def test_the_answer_is_put_away_with_escape(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("a")
        assert "created" in await settled(pilot)
        await pilot.press("escape")
        assert "created" not in await settled(pilot)


async def test_traffic_is_stopped_and_started(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert [intent for intent in lesson.asked if intent.startswith("traffic")] == ["traffic True", "traffic False"]


async def test_what_the_traffic_does_is_said_where_the_live_view_is_not_seen(
    opened: Opened, lesson: FakeLesson
) -> None:
    async with opened(80, 24) as pilot:
        before = lesson.view.traffic.running
        await pilot.press("t")
        await until(pilot, lambda: lesson.view.traffic.running is not before)
        first = "No calls for the version are made now" if before else "The calls for the version begin"
        await until(pilot, lambda: first in screen_text(pilot.app))
        await pilot.press("T")
        await until(pilot, lambda: "2 times a second" in screen_text(pilot.app))
        await pilot.press("6", "T")
        await settled(pilot)
        assert "5 times a second" not in screen_text(pilot.app)
