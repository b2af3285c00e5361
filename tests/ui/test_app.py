"""The app around the lesson: texts, copying, editing, themes, and what happens when something fails."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import GATEWAY, SELECTOR, FakeLesson
from tests.ui.screen_text import screen_text, settled, until
from tutor.ui.app import TutorApp
from tutor.ui.screens.reader import Reader
from tutor.ui.widgets.files_pane import FilesPane


async def test_the_first_time_begins_with_the_welcome(opened: Opened, lesson: FakeLesson) -> None:
    lesson.first_time = True
    async with opened(80, 24) as pilot:
        assert "Welcome text." in await settled(pilot)
        await pilot.press("enter")
        assert "Have Kubernetes run one gateway." in await settled(pilot)


async def test_later_the_welcome_comes_only_when_asked(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        assert "Welcome text." not in await settled(pilot)
        await pilot.press("w")
        assert "Welcome text." in await settled(pilot)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 15)])
async def test_the_other_texts_open_over_the_lesson_and_close(opened: Opened, size: tuple[int, int]) -> None:
    async with opened(*size) as pilot:
        for key, words in (("k", "Cheat sheet"), ("question_mark", "Check my work"), ("v", "minikube")):
            await pilot.press(key)
            assert words in await settled(pilot)
            assert isinstance(pilot.app.screen, Reader)
            await pilot.press("escape")
            await settled(pilot)
            assert not isinstance(pilot.app.screen, Reader)


async def test_a_text_is_closed_by_mouse_as_well(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("k")
        await settled(pilot)
        await pilot.click("#close-reader")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, Reader)


async def test_a_click_on_a_command_copies_it(opened: Opened) -> None:
    async with opened() as pilot:
        await settled(pilot)
        await pilot.click("CommandFence", offset=(3, 0))
        await settled(pilot)
        assert pilot.app.clipboard == f"kubectl apply -f {GATEWAY}"


async def test_y_copies_a_command_from_a_list(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("y")
        assert "Copy a command" in await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert pilot.app.clipboard == f"kubectl apply -f {GATEWAY}"


async def test_the_mouse_is_handed_over_and_taken_back(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        app = pilot.app
        assert isinstance(app, TutorApp)
        await pilot.press("m")
        assert "The mouse is the terminal's now" in await settled(pilot)
        assert app.mouse is False
        await pilot.press("m")
        await settled(pilot)
        assert app.mouse is True


async def test_the_mouse_is_handed_over_where_a_text_is_read_as_well(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        app = pilot.app
        assert isinstance(app, TutorApp)
        await pilot.press("k")
        await settled(pilot)
        await pilot.press("m")
        assert "The mouse is the terminal's now" in await settled(pilot)
        assert app.mouse is False


async def test_light_and_dark(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert pilot.app.theme == "homics-light"
        await pilot.press("ctrl+l")
        assert pilot.app.theme == "homics-dark"


async def test_the_palette_has_every_action(opened: Opened, lesson: FakeLesson) -> None:
    async with opened(80, 24) as pilot:
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        for words in ("Crash the user service", "Roll user to version 2.0.0", "Hint", "cheat sheet", "Quit"):
            assert any(words.lower() in title.lower() for title in titles), words
        await pilot.press("ctrl+p")
        await pilot.press(*"crash the user", "enter")
        await until(pilot, lambda: "act crash" in lesson.asked)


async def test_quitting_ends_without_a_question(opened: Opened) -> None:
    async with opened(80, 24) as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_code == 0


async def test_an_intent_that_fails_becomes_a_sentence(opened: Opened, lesson: FakeLesson) -> None:
    lesson.failing["check"] = RuntimeError("the disk [sda] is on [/fire]")
    async with opened(80, 24) as pilot:
        await pilot.press("c")
        text = (await settled(pilot)).replace("\n", " ")
        assert "the disk [sda] is on [/fire]" in text
        assert "Traceback" not in text
        del lesson.failing["check"]
        await pilot.press("c")
        await settled(pilot)
        assert lesson.asked.count("check") == 2


async def test_background_work_that_fails_is_told_once_and_begun_again(
    opened: Opened, lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.app.AGAIN", 0.0)
    lesson.failing["run"] = RuntimeError("the watch broke")
    async with opened() as pilot:
        await until(pilot, lambda: lesson.asked.count("run") >= 3)
        del lesson.failing["run"]
        text = await settled(pilot)
        assert text.count("the watch broke") == 1


async def test_a_view_that_cannot_be_drawn_does_not_end_the_app(opened: Opened, lesson: FakeLesson) -> None:
    async with opened() as pilot:
        await lesson.put(current="no-such-step")
        assert "could not be drawn" in await settled(pilot)
        await lesson.put(current="crash", files=())
        assert "Break it." in await settled(pilot)


async def test_a_defect_of_the_screen_is_kept_for_the_caller_and_no_traceback_is_printed(
    lesson: FakeLesson, capsys: pytest.CaptureFixture[str]
) -> None:
    app = TutorApp(lesson)

    def broken() -> None:
        raise RuntimeError("a widget broke")

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            app.call_later(broken)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="a widget broke"):
        await run()
    assert isinstance(app.defect, RuntimeError)
    assert "Traceback" not in capsys.readouterr().err


async def test_the_editor_gets_the_file_and_the_line(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.folder = tmp_path
    (tmp_path / GATEWAY).parent.mkdir(parents=True)
    seen: list[tuple[str, ...]] = []

    async def run(command: object) -> int:
        seen.append(command.argv)  # type: ignore[attr-defined]
        return 0

    monkeypatch.setenv("EDITOR", "code")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("tutor.ui.editing._run", run)
    async with opened(80, 24) as pilot:
        await lesson.found(SELECTOR)
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert seen == [("code", "--goto", f"{tmp_path / GATEWAY}:9")]
        assert pilot.app.screen.query_one(FilesPane).shown == GATEWAY


async def test_an_editor_that_does_not_exist_is_said(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.folder = tmp_path
    (tmp_path / GATEWAY).parent.mkdir(parents=True)
    monkeypatch.setenv("VISUAL", str(tmp_path / "code"))
    async with opened() as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "did not start" in screen_text(pilot.app))
        assert "Set EDITOR" in screen_text(pilot.app)


async def test_the_terminal_comes_back_from_an_editor_that_did_not_start(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.folder = tmp_path
    (tmp_path / GATEWAY).parent.mkdir(parents=True)
    monkeypatch.setenv("VISUAL", str(tmp_path / "nano"))
    async with opened() as pilot:
        driver = type(pilot.app._driver)
        calls: list[str] = []
        monkeypatch.setattr(driver, "can_suspend", True)
        monkeypatch.setattr(driver, "suspend_application_mode", lambda self: calls.append("left"))
        monkeypatch.setattr(driver, "resume_application_mode", lambda self: calls.append("back"))
        await pilot.press("e")
        await until(pilot, lambda: "did not start" in screen_text(pilot.app))
        assert calls == ["left", "back"]


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
async def test_a_windowed_editor_runs_beside_the_screen(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson.folder = tmp_path
    (tmp_path / GATEWAY).parent.mkdir(parents=True)
    editor = tmp_path / "subl"
    editor.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/part && mv {tmp_path}/part {tmp_path}/got\n')
    editor.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(editor))
    async with opened(80, 24) as pilot:
        await pilot.press("e")
        await until(pilot, (tmp_path / "got").exists)
    assert (tmp_path / "got").read_text().strip() == f"{tmp_path / GATEWAY}:1"


async def test_background_work_that_fails_again_and_again_is_told_as_long_as_it_does(
    opened: Opened, lesson: FakeLesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, now = [0], [100.0]

    async def failing() -> None:
        tries[0] += 1
        now[0] += 1.0
        raise RuntimeError("boom")

    monkeypatch.setattr(lesson, "run", failing)
    monkeypatch.setattr("tutor.ui.app.AGAIN", 0.0)
    monkeypatch.setattr("tutor.ui.app.monotonic", lambda: now[0])
    said: list[float] = []
    async with opened() as pilot:
        monkeypatch.setattr(pilot.app, "notify", lambda text, **_: said.append(now[0]) if "boom" in text else None)
        before = tries[0]
        await until(pilot, lambda: tries[0] > before + 100)
    pauses = [later - earlier for earlier, later in pairwise(said)]
    assert len(pauses) >= 2
    assert min(pauses) >= 30.0
