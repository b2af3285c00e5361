"""Files that the learner asks for: never over another one, and it is said where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import NOW, FakeLesson
from tests.ui.screen_text import screen_text, settled, until
from tutor.ui.keeping import place, write_anew
from tutor.ui.live.saving import save_window


def saved_in(folder: Path, pattern: str = "homics-tutor-*.svg") -> list[Path]:
    return list(folder.glob(pattern))


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    written = [write_anew(tmp_path, "a.b.svg", text) for text in ("1", "2", "3")]
    assert [path.name for path in written] == ["a.b.svg", "a.b-2.svg", "a.b-3.svg"]
    assert [path.read_text() for path in written] == ["1", "2", "3"]


def test_without_a_folder_for_downloads_it_is_the_workspace_and_not_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    downloads = tmp_path / "Downloads"
    monkeypatch.setattr("tutor.ui.keeping.user_downloads_path", lambda: downloads)
    assert place(tmp_path / "work") == tmp_path / "work"
    downloads.mkdir()
    assert place(tmp_path / "work") == downloads


async def test_the_same_moment_saved_twice_is_two_files(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.keeping.user_downloads_path", lambda: tmp_path)
    async with opened() as pilot:
        for end in (".txt", "-2.txt"):
            save_window(cast(Any, pilot.app), lesson.timeline, tmp_path, "text", NOW, 1.0)
            await until(pilot, lambda end=end: end in screen_text(pilot.app).replace("\n", ""))  # type: ignore[misc]
        assert len(saved_in(tmp_path, "homics-timeline-*.txt")) == 2


@pytest.mark.parametrize("there", [True, False])
async def test_a_picture_of_the_screen_is_told_with_its_place(
    opened: Opened, lesson: FakeLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr("tutor.ui.keeping.user_downloads_path", lambda: tmp_path / "no-downloads")
    lesson.folder = tmp_path if there else tmp_path / "gone"
    async with opened() as pilot:
        await pilot.press("ctrl+p")
        await settled(pilot)
        await pilot.press(*"save a picture", "enter")
        said = "The picture is in" if there else "The picture could not be saved in"
        await until(pilot, lambda: said in screen_text(pilot.app))
        pictures = saved_in(tmp_path)
        assert len(pictures) == there
        if there:
            picture = pictures[0].read_text(encoding="utf-8")
            assert pictures[0].name in screen_text(pilot.app)
            assert "gateway" in picture
            assert "Save a picture" not in picture.replace("&#160;", " ")
