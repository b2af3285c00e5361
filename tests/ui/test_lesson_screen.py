"""Walking, checking and reading: what a learner does most, by key and by mouse."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Footer

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import (
    GATEWAY,
    IMAGE,
    LOST,
    NOW,
    PARSES,
    READY,
    SELECTOR,
    SERVICE,
    TEXT,
    UNREACHED,
    WAITS,
    FakeLesson,
)
from tests.ui.screen_text import screen_text, settled, text_of
from tutor.core.finding import Verdict
from tutor.lesson.view import ActionResult, Connection, ConnectionView, FileView, StepState
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.code import CodeView
from tutor.ui.widgets.finding_list import FindingList
from tutor.ui.widgets.steps import StepList
from tutor.ui.widgets.top_bar import TopBar
from tutor.ui.widgets.verdict import VerdictBar

SIZES = [(160, 48), (110, 30), (80, 24), (40, 15)]


async def test_the_first_screen_shows_the_steps_the_text_and_where_it_works(opened: Opened) -> None:
    async with opened() as pilot:
        text = await settled(pilot)
        assert "1 A Deployment for the" in text
        assert "Have Kubernetes run one gateway." in text
        assert "minikube  namespace default  v1.34.2" in text


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_context_and_namespace_are_seen_at_every_size(opened: Opened, width: int, height: int) -> None:
    async with opened(width, height) as pilot:
        text = text_of(pilot.app.screen.query_one(TopBar)).replace("  namespace ", "/")
        assert "minikube/default" in text


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_the_keys_that_are_always_needed_are_in_the_footer(opened: Opened, width: int, height: int) -> None:
    async with opened(width, height) as pilot:
        await settled(pilot)
        text = text_of(pilot.app.screen.query_one(Footer))
        assert all(word in text for word in ("Check", "Hint", "Next", "Back"))


async def test_keys_walk_through_the_steps(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await pilot.press("n")
        await pilot.press("p")
        await settled(pilot)
        assert [intent for intent in lesson.asked if intent != "run"] == ["next", "previous"]


async def test_keys_that_are_pressed_quickly_are_all_heeded_in_their_order(
    opened: Opened, lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    slugs = [step.slug for step in lesson.view.steps]

    async def move(by: int) -> None:
        await asyncio.sleep(0)
        await lesson.go_to(slugs[slugs.index(lesson.view.current) + by])

    monkeypatch.setattr(lesson, "next_step", lambda: move(1))
    monkeypatch.setattr(lesson, "previous_step", lambda: move(-1))
    async with opened(80, 24) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        for by in (1, 1, 1, -1, 1, -1):
            screen.action_next_step() if by > 0 else screen.action_previous_step()
        await pilot.app.workers.wait_for_complete([worker for worker in pilot.app.workers if worker.group == "walk"])
        assert lesson.view.current == slugs[2]
        for _ in range(3):
            screen.action_traffic()
        await pilot.app.workers.wait_for_complete([worker for worker in pilot.app.workers if worker.group == "traffic"])
        asked = [intent for intent in lesson.asked if intent.startswith("traffic")]
        assert asked == ["traffic True", "traffic False", "traffic True"]


async def test_a_click_on_a_step_goes_there(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        steps = pilot.app.screen.query_one(StepList)
        row = text_of(steps).split("\n").index(next(r for r in text_of(steps).split("\n") if " 3 A crash" in r))
        await pilot.click(StepList, offset=(8, row))
        await settled(pilot)
        assert "go_to crash" in lesson.asked
        assert "Break it." in screen_text(pilot.app)


async def test_each_state_of_a_step_has_its_own_sign_and_word(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        slugs = [step.slug for step in lesson.view.steps]
        states = (StepState.PASSED, StepState.NOT_YET, StepState.UNKNOWN, StepState.TODO, StepState.TODO)
        await lesson.put(states=dict(zip(slugs, states, strict=True)))
        await settled(pilot)
        text = text_of(pilot.app.screen.query_one(StepList))
        for sign, word in (("✓", "passed"), ("◐", "not yet"), ("?", "could not check"), ("·", "to do")):
            assert sign in text
            assert word in text


async def test_the_check_key_and_the_button_ask_for_a_check(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await pilot.press("c")
        await settled(pilot)
        await pilot.click("#check-button")
        await settled(pilot)
        assert lesson.asked.count("check") == 2


async def test_a_running_check_is_said(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(checking=True)
        assert "checking" in await settled(pilot)


@pytest.mark.parametrize(
    ("findings", "verdict", "words", "style"),
    [
        ((PARSES, READY), "passed", "✓ PASSED  all 2 checks", "-passed"),
        ((PARSES, SELECTOR, WAITS), "not-yet", "✗ NOT YET  1 to mend · 1 waiting · 1 right", "-not-yet"),
        ((PARSES, UNREACHED), "could-not-check", "? COULD NOT CHECK  The API server at", "-could-not-check"),
    ],
)
async def test_the_three_verdicts_differ_in_word_sign_and_colour(
    opened: Opened, lesson: FakeLesson, findings: tuple[object, ...], verdict: str, words: str, style: str
) -> None:
    async with opened() as pilot:
        await lesson.found(*findings, verdict=verdict)  # type: ignore[arg-type]
        await settled(pilot)
        bar = pilot.app.screen.query_one(VerdictBar)
        assert words in text_of(bar)
        assert {name for name in bar.classes if name in ("-passed", "-not-yet", "-could-not-check")} == {style}


async def test_what_could_not_be_checked_is_told_with_its_reason(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(PARSES, UNREACHED, verdict="could-not-check")
        await pilot.press("5")
        text = await settled(pilot)
        assert "COULD NOT CHECK" in text
        assert UNREACHED.message in text
        assert "NOT YET" not in text
        assert "PASSED" not in text


async def test_what_is_to_mend_stands_above_what_is_right(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.found(PARSES, SELECTOR, UNREACHED, WAITS)
        await settled(pilot)
        text = text_of(pilot.app.screen.query_one(FindingList))
        places = [
            text.index(part) for part in ("The selector fits", "The API server at", "can be read", "1 check waits")
        ]
        assert places == sorted(places)


async def test_a_finding_is_marked_at_its_line_and_told_below_it(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.found(SELECTOR, IMAGE)
        await pilot.press("f")
        await settled(pilot)
        rows = text_of(pilot.app.screen.query_one(CodeView)).split("\n")
        at = next(index for index, row in enumerate(rows) if "app: gatewy" in row)
        assert rows[at].startswith("✗  9 ")
        assert rows[at + 1].index("^") == rows[at].index("gatewy")
        assert "The selector fits no label" in rows[at + 1]


async def test_found_and_expected_stand_together(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(SELECTOR)
        await pilot.press("f")
        text = await settled(pilot)
        assert "app=gatewy" in text
        assert "app=gateway" in text
        assert SELECTOR.hint in text


async def test_f_goes_from_finding_to_finding_and_round(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(SELECTOR, IMAGE)
        screen = pilot.app.screen
        assert isinstance(screen, LessonScreen)
        seen = []
        for _ in range(3):
            await pilot.press("f")
            await settled(pilot)
            seen.append(screen.selected)
        assert seen == [SELECTOR, IMAGE, SELECTOR]
        await pilot.press("F")
        await settled(pilot)
        assert screen.selected == IMAGE


async def test_a_finding_far_down_is_brought_on_the_screen(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(IMAGE)
        await pilot.press("f")
        assert "✗ 17" in await settled(pilot)


LONG = "kind: Deployment\n" + "".join(f"a{number}: {number}\n" for number in range(2, 101))
"""A file of 100 lines."""


def rows_of(pilot: Pilot[None]) -> list[str]:
    return text_of(pilot.app.screen.query_one(CodeView)).split("\n")


@pytest.mark.parametrize("line", [1, 2, 40, 99, 100])
@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
async def test_the_finding_that_is_next_after_a_save_is_seen_with_the_lines_around_it(
    opened: Opened, lesson: FakeLesson, size: tuple[int, int], line: int
) -> None:
    """Wherever the learner was in the file."""
    await lesson.put(files=(FileView(GATEWAY, LONG, True, False),))
    async with opened(*size) as pilot:
        for first in (1, 50, 100):
            await lesson.found(replace(SELECTOR, line=first, column=1))
            await pilot.press("f")
            await settled(pilot)
            await lesson.found(replace(SELECTOR, line=line, column=1, message="Another thing."))
            await settled(pilot)
            numbers = {int(found[1]) for row in rows_of(pilot) if (found := re.match(r"[✗ ] *(\d+) ", row))}
            assert {max(line - 1, 1), line} <= numbers, rows_of(pilot)
            assert any("Another thing." in row for row in rows_of(pilot))


async def test_a_line_that_goes_on_beyond_the_screen_says_so_and_can_be_read(
    opened: Opened, lesson: FakeLesson
) -> None:
    end = "the-end"
    async with opened(80, 24) as pilot:
        await lesson.put(files=(FileView(GATEWAY, f"# {'x' * 100}{end}\nshort: 1\n", True, False),))
        await pilot.press("3")
        await settled(pilot)
        first, second, *_ = rows_of(pilot)
        assert first.endswith("x…")
        assert second.endswith("short: 1")
        await pilot.press(*["right"] * 60)
        await settled(pilot)
        assert rows_of(pilot)[0].endswith(end)


@pytest.mark.parametrize("keys", [("f",), ("5", "f"), ("c",), ("h",), ("6", "f"), ("1", "enter"), ("3", "n")])
async def test_the_arrow_keys_move_in_what_is_seen(opened: Opened, lesson: FakeLesson, keys: tuple[str, ...]) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(files=(FileView(GATEWAY, LONG, True, False),))
        await lesson.found(replace(SELECTOR, line=60, column=1))
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        focused = pilot.app.focused
        assert focused is not None
        assert focused.is_on_screen
        if keys[-1] == "f":
            before = rows_of(pilot)
            await pilot.press("up")
            await settled(pilot)
            assert rows_of(pilot) != before
            await pilot.press("home")
            await settled(pilot)
            assert "kind: Deployment" in rows_of(pilot)[0]


async def test_in_columns_the_list_of_findings_keeps_the_focus(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.found(SELECTOR, IMAGE)
        await pilot.press("5", "down", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.focused, FindingList)


async def test_a_finding_stays_in_view_where_its_room_becomes_less(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(files=(FileView(GATEWAY, LONG, True, False),))
        await lesson.found(replace(SELECTOR, line=60, column=1))
        await pilot.press("f")
        await settled(pilot)
        assert any("a60: 60" in row for row in rows_of(pilot)[10:]), "at the bottom, where the room is taken from"
        lesson.result = ActionResult(True, "", "one\ntwo\nthree\nfour\nfive")
        await pilot.press("a")
        await settled(pilot)
        await settled(pilot)
        assert any("a60: 60" in row for row in rows_of(pilot))


async def test_a_finding_that_is_longer_than_its_room_is_shown_from_its_line_on(
    opened: Opened, lesson: FakeLesson
) -> None:
    told = replace(SELECTOR, line=60, message="Word " * 300)
    async with opened(80, 24) as pilot:
        await lesson.put(files=(FileView(GATEWAY, LONG, True, False),))
        await lesson.found(told)
        await pilot.press("f")
        await settled(pilot)
        assert "60 a60: 60" in rows_of(pilot)[0]
        await pilot.press("f")
        await settled(pilot)
        assert "60 a60: 60" in rows_of(pilot)[0]


async def test_what_is_found_is_wrapped_for_its_place_before_it_is_first_seen(
    opened: Opened, lesson: FakeLesson
) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(PARSES)
        await settled(pilot)
        listed = pilot.app.screen.query_one(FindingList)
        assert not listed.is_on_screen
        before = str(listed.get_option_at_index(0).prompt)
        await pilot.press("5")
        await settled(pilot)
        assert before == str(listed.get_option_at_index(0).prompt) == f"✓ {PARSES.message}"


async def test_the_steps_are_wrapped_for_their_place_before_they_are_first_seen(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await settled(pilot)
        steps = pilot.app.screen.query_one(StepList)
        before = str(steps.options[0].prompt)
        await pilot.press("1")
        await settled(pilot)
        assert before == str(steps.options[0].prompt)


async def test_a_finding_without_a_place_is_shown_in_the_list(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(UNREACHED, verdict="could-not-check")
        await pilot.press("f")
        assert UNREACHED.message in await settled(pilot)


async def test_enter_on_a_finding_opens_its_line(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.found(SELECTOR, IMAGE)
        await pilot.press("5")
        await settled(pilot)
        await pilot.press("down", "enter")
        assert "✗ 17" in await settled(pilot)


async def test_a_mended_file_loses_its_marks(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.found(SELECTOR)
        await pilot.press("f")
        await settled(pilot)
        fixed = FileView(GATEWAY, TEXT.replace("gatewy", "gateway"), True, False)
        await lesson.put(files=(fixed,), findings=(PARSES,), verdict="passed")
        await settled(pilot)
        code = text_of(pilot.app.screen.query_one(CodeView))
        assert "✗" not in code
        assert "gatewy" not in code


async def test_passing_is_celebrated_and_in_nobodys_way(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.found(PARSES, READY, verdict="passed")
        await lesson.put(
            passed_at=NOW,
            evidence=(READY.message,),
            states={**lesson.view.states, "gateway-deployment": StepState.PASSED},
        )
        text = await settled(pilot)
        assert "Step 1 passed" in text
        assert "1 of 4 passed" in text
        await pilot.press("d")
        text = await settled(pilot)
        assert "The Deployment made a ReplicaSet" in text
        assert READY.message in text
        await pilot.click("#next-button")
        await settled(pilot)
        assert "next" in lesson.asked


async def test_coming_back_to_a_passed_step_celebrates_nothing(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(current="gateway-service", files=(), passed_at=NOW)
        assert "Step 2 passed" not in await settled(pilot)


async def test_what_happened_cannot_be_read_before_the_step_is_passed(opened: Opened) -> None:
    async with opened() as pilot:
        await pilot.press("d")
        text = await settled(pilot)
        assert "The Deployment made a ReplicaSet" not in text
        assert "when the step is passed" in text


async def test_the_tasks_of_a_step_show_which_one_is_done(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(tasks={"write": Verdict.PASSED, "apply": Verdict.FAILED})
        await settled(pilot)
        text = text_of(pilot.app.screen.query_one(StepList))
        assert "✓ Complete the file" in text
        assert "✗ Apply it" in text


async def test_a_missing_file_is_offered_and_written_only_when_asked(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(files=(FileView(GATEWAY, "", False, True), FileView(SERVICE, "", False, False)))
        text = await settled(pilot)
        assert "Not there yet: gateway/deployment.yaml" in text
        assert not any(intent.startswith("starters") for intent in lesson.asked)
        await pilot.press("s")
        text = await settled(pilot)
        assert f"starters {GATEWAY}" in lesson.asked
        assert f"{GATEWAY} was written." in text


async def test_many_missing_files_are_offered_in_a_sentence_that_is_whole(opened: Opened, lesson: FakeLesson) -> None:
    names = [f"kube/{folder}/{kind}.yaml" for folder in ("zookeeper", "kafka", "monolith") for kind in ("a", "b")]
    async with opened(80, 24) as pilot:
        await lesson.put(files=tuple(FileView(name, "", False, True) for name in names))
        text = " ".join((await settled(pilot)).split())
        assert "Not there yet: 6 files in zookeeper, kafka, monolith." in text
        assert "Begin with the" in text
        assert "starters?" in text


async def test_a_step_without_files_says_so(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(current="crash", files=())
        await pilot.press("3")
        assert "no file of its own" in await settled(pilot)


async def test_a_lost_cluster_is_said_with_what_to_do(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(connection=LOST)
        text = await settled(pilot)
        assert "lost" in text
        assert LOST.message in text


async def test_no_cluster_is_said_with_what_to_do(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(
            connection=ConnectionView(Connection.NONE, message="Start one with minikube start."), snapshot=None
        )
        text = await settled(pilot)
        assert "no cluster" in text
        assert "Start one with minikube start." in text


async def test_the_badge_tells_all_of_the_cluster(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(service_urls={"gateway": "http://192.168.49.2:31317"})
        await settled(pilot)
        await pilot.click("ConnectionBadge")
        text = await settled(pilot)
        assert "http://192.168.49.2:31317" in text
        assert "may be written to" in text


async def test_a_remark_of_the_opening_is_said(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(messages=("The progress file was set aside.",))
        assert "The progress file was set aside." in await settled(pilot)


async def test_a_check_that_is_under_way_does_not_hold_the_screen(opened: Opened, lesson: FakeLesson) -> None:
    lesson.held = asyncio.Event()
    async with opened() as pilot:
        await pilot.press("c")
        await pilot.press("3")
        assert "apiVersion: apps/v1" in await settled(pilot)
        lesson.held.set()


async def test_every_action_of_the_check_panel_can_be_clicked(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(current="rolling-update", files=())
        await settled(pilot)
        for chip in pilot.app.screen.query(Chip).results(Chip):
            if chip.display and chip.id in ("do-crash", "do-roll", "do-back", "do-traffic"):
                await pilot.click(f"#{chip.id}")
                await settled(pilot)
        assert [intent for intent in lesson.asked if intent != "run"] == [
            "act crash",
            "act roll:2.0.0",
            "act roll:1.0.0",
            "traffic True",
        ]


async def test_text_of_a_file_is_selected_with_the_mouse_without_its_line_numbers(
    opened: Opened, lesson: FakeLesson
) -> None:
    async with opened() as pilot:
        await pilot.press("3")
        await settled(pilot)
        await pilot.mouse_down("#code", offset=(5, 3))
        await pilot.hover("#code", offset=(20, 4))
        await pilot.mouse_up("#code", offset=(20, 4))
        await settled(pilot)
        await pilot.press("ctrl+c")
        await settled(pilot)
        assert pilot.app.clipboard == "metadata:\n  name: gateway-"


async def test_v_tells_what_to_type_before_ones_own_kubectl(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await lesson.put(
            connection=ConnectionView(
                Connection.CONNECTED, "homics-practice", "default", "practice", kubeconfig="/state/kubeconfig"
            )
        )
        await pilot.press("v")
        text = await settled(pilot)
        assert f"cd {lesson.folder}"[:60] in text
        assert "export KUBECONFIG=/state/kubeconfig" in text
