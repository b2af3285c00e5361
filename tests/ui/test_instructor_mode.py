"""Instructor mode: opened with a confirmation, said all the time; no reference without it before the step is passed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import OptionList

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import COMPARISON, NOW, FakeLesson
from tests.ui.screen_text import settled, text_of, until
from tutor.content.stage_backups import Backup
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered, Timeline
from tutor.ui.instructor.figures import Figures, figures
from tutor.ui.instructor.menu import InstructorMenu
from tutor.ui.instructor.presenter import PresenterScreen
from tutor.ui.instructor.reference import ReferenceScreen
from tutor.ui.widgets.code import CodeView

BACKUP = Backup(3, NOW, "stage readiness", "minikube", "https://x", "default", ({},), (), {})


async def test_a_learner_sees_no_reference_before_the_step_is_passed(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("r")
        text = await settled(pilot)
        assert not isinstance(pilot.app.screen, ReferenceScreen)
        assert "opens when the step is passed" in text.replace("\n", " ")
        assert lesson.instructor.asked == []


async def test_after_the_step_the_reference_opens_without_the_instructors_notes(
    opened: Opened, lesson: FakeLesson
) -> None:
    async with opened() as pilot:
        await lesson.put(passed_at=NOW)
        await pilot.press("r")
        text = await settled(pilot)
        assert isinstance(pilot.app.screen, ReferenceScreen)
        assert "Other ways" in text
        assert "Mistakes" not in text
        assert "Why each field" not in text


async def test_the_mode_opens_only_after_a_confirmation(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("i")
        assert "for those who teach" in await settled(pilot)
        await pilot.press("n")
        assert "I minikube" not in await settled(pilot)
        await pilot.press("i")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert isinstance(pilot.app.screen, InstructorMenu)
        await pilot.press("escape")
        assert "INSTRUCTOR" in await settled(pilot)


async def test_the_mode_of_the_command_line_needs_no_confirmation(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    async with opened() as pilot:
        assert "INSTRUCTOR" in await settled(pilot)
        await pilot.press("i")
        await settled(pilot)
        assert isinstance(pilot.app.screen, InstructorMenu)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 15)])
async def test_the_menu_names_the_place_that_it_acts_on(
    opened: Opened, lesson: FakeLesson, size: tuple[int, int]
) -> None:
    lesson.instructing = True
    async with opened(*size) as pilot:
        await pilot.press("i")
        assert "minikube, namespace default" in await settled(pilot)


async def choose(pilot: object, wanted: str) -> None:
    await pilot.press("i")  # type: ignore[attr-defined]
    await settled(pilot)  # type: ignore[arg-type]
    listed = pilot.app.screen.query_one(OptionList)  # type: ignore[attr-defined]
    listed.highlighted = listed.get_option_index(wanted)
    await pilot.press("enter")  # type: ignore[attr-defined]
    await settled(pilot)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choice", "asked", "said"),
    [
        ("apply", "apply gateway-deployment", "✓ Deployment gateway-deployment created"),
        ("stage", "stage gateway-deployment False", "The stage is set."),
        ("stage-files", "stage gateway-deployment True", "The stage is set."),
        ("restore:3", "restore 3", "✓ It is back."),
        ("fault:wrong-image", "inject wrong-image", "✓ The image is wrong now."),
        ("heal", "heal", "✗ The API server does not answer."),
    ],
)
async def test_each_choice_is_carried_out_and_its_answer_shown(
    opened: Opened, lesson: FakeLesson, choice: str, asked: str, said: str
) -> None:
    lesson.instructing = True
    lesson.instructor.kept = (BACKUP,)
    async with opened(100, 40) as pilot:
        await choose(pilot, choice)
        await until(pilot, lambda: asked in lesson.instructor.asked)
        assert said in await settled(pilot)


async def test_every_choice_that_touches_a_cluster_asks_first(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    lesson.instructor.asks = "yes"
    async with opened(100, 40) as pilot:
        await choose(pilot, "fault:wrong-image")
        assert "About to inject the fault wrong-image. Go on?" in await settled(pilot)
        await pilot.press("n")
        assert "Nothing was done." in await settled(pilot)
        assert lesson.instructor.asked == []


async def test_a_backup_that_was_restored_is_not_offered_again(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    lesson.instructor.kept = (replace(BACKUP, restored=True),)
    async with opened(100, 40) as pilot:
        await pilot.press("i")
        assert "Have back" not in await settled(pilot)


async def test_leaving_the_mode_closes_the_references(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    async with opened(100, 40) as pilot:
        await choose(pilot, "leave")
        assert "INSTRUCTOR" not in await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, ReferenceScreen)


async def test_both_files_stand_side_by_side_with_their_differences(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    async with opened() as pilot:
        await pilot.press("r")
        await settled(pilot)
        learner, reference = pilot.app.screen.query(CodeView)
        assert "✗  9" in text_of(learner)
        assert "app: gatewy" in text_of(learner)
        assert "app: gateway" in text_of(reference)
        text = await settled(pilot)
        assert "Deployment gateway-deployment differs" in text
        assert "i gateway/deployment.yaml:5  metadata.labels.app: Labels are yours to choose." in text


async def test_the_next_difference_is_shown_on_both_sides(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    async with opened() as pilot:
        await pilot.press("r")
        await settled(pilot)
        await pilot.press("f")
        text = await settled(pilot)
        assert text.count("spec.selector.matchLabels.app: No pod has it") == 3
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, ReferenceScreen)


async def test_on_a_small_terminal_one_side_is_shown_at_a_time(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    async with opened(80, 24) as pilot:
        await pilot.press("r")
        await settled(pilot)
        assert [view.is_on_screen and view.parent.display for view in pilot.app.screen.query(CodeView)] == [True, False]
        await pilot.click("#reference-parts", offset=(14, 0))
        await settled(pilot)
        assert [view.parent.display for view in pilot.app.screen.query(CodeView)] == [False, True]


async def test_a_step_without_files_shows_its_notes(opened: Opened, lesson: FakeLesson) -> None:
    lesson.instructing = True
    lesson.instructor.comparison = replace(COMPARISON, files=(), objects=())
    async with opened(80, 24) as pilot:
        await pilot.press("r")
        assert "The selector must fit." in await settled(pilot)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 15)])
async def test_the_view_for_the_wall_opens_and_closes(opened: Opened, size: tuple[int, int]) -> None:
    async with opened(*size) as pilot:
        await pilot.press("z")
        await settled(pilot)
        assert isinstance(pilot.app.screen, PresenterScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, PresenterScreen)


def test_the_figures_count_the_pods_of_user_alone() -> None:
    def pod(name: str, app: str, restarts: int) -> dict[str, object]:
        statuses = [{"restartCount": restarts, "ready": True, "state": {"running": {}}, "name": "c"}]
        metadata = {"name": name, "labels": {"app": app}, "uid": name}
        spec = {"containers": [{"name": "c", "image": "i"}]}
        return {"kind": "Pod", "metadata": metadata, "spec": spec, "status": {"containerStatuses": statuses}}

    deployment = {
        "kind": "Deployment",
        "metadata": {"name": "user-deployment"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "user"}}},
        "status": {"readyReplicas": 1},
    }
    snapshot = ClusterSnapshot("default", NOW)
    for obj in (deployment, pod("a", "user", 2), pod("b", "user", 1), pod("c", "gateway", 7)):
        snapshot = snapshot.with_object(obj, NOW)
    calls = [Answered(NOW - 90, "", "refused"), Answered(NOW - 9, "", "refused"), Answered(NOW - 1, "2.0.0")]
    assert figures(snapshot, Timeline(list(calls)), NOW) == Figures(1, 2, 3, "2.0.0", 1)


def test_without_a_cluster_there_are_no_figures() -> None:
    assert figures(None, Timeline(), NOW) == Figures(0, 0, 0, "", 0)
