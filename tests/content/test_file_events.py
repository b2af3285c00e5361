"""What the system tells of folders, on the real file system: word comes long before the time to wait for it is up."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tutor.content.file_events import FolderEvents
from tutor.kube.times import SystemClock

CLOCK = SystemClock()
LONG = 20.0
SHORT = 0.2


@pytest.fixture
async def events() -> AsyncIterator[FolderEvents]:
    events = FolderEvents()
    yield events
    await asyncio.to_thread(events.close)


async def quiet(events: FolderEvents) -> None:
    """Take the words that are still on their way."""
    while await events.wait(CLOCK, SHORT):
        pass


async def test_word_comes_of_a_file_that_is_made_written_replaced_and_removed(
    tmp_path: Path, events: FolderEvents
) -> None:
    file, elsewhere = tmp_path / "service.yaml", tmp_path.with_name(f"{tmp_path.name}-elsewhere")
    assert events.follow([tmp_path])
    assert not await events.wait(CLOCK, SHORT), "nothing happened yet"

    def replace() -> None:
        elsewhere.write_text("c")
        os.replace(elsewhere, file)

    for deed in (lambda: file.write_text("a"), lambda: file.write_text("b"), replace, file.unlink):
        deed()
        assert await events.wait(CLOCK, LONG)
        await quiet(events)


async def test_no_word_comes_of_a_file_that_is_read(tmp_path: Path, events: FolderEvents) -> None:
    file = tmp_path / "service.yaml"
    file.write_text("a")
    assert events.follow([tmp_path])
    assert file.read_text() == "a"
    assert os.listdir(tmp_path)
    assert not await events.wait(CLOCK, SHORT)


async def test_no_word_comes_of_what_is_in_a_folder_s_folders(tmp_path: Path, events: FolderEvents) -> None:
    below = tmp_path / "below"
    below.mkdir()
    assert events.follow([tmp_path])
    (below / "file").write_text("a")
    assert not await events.wait(CLOCK, SHORT)


async def test_a_folder_that_is_made_anew_is_followed_again(tmp_path: Path, events: FolderEvents) -> None:
    folder, keep = tmp_path / "user", tmp_path / "keep"
    folder.mkdir()
    assert events.follow([tmp_path, folder])
    folder.rename(keep)
    folder.mkdir()
    assert await events.wait(CLOCK, LONG)
    assert events.follow([tmp_path, folder])
    await quiet(events)
    (folder / "file").write_text("a")
    assert await events.wait(CLOCK, LONG)


async def test_a_folder_that_is_gone_is_no_error(tmp_path: Path, events: FolderEvents) -> None:
    folder = tmp_path / "user"
    folder.mkdir()
    assert events.follow([tmp_path, folder])
    folder.rmdir()
    assert await events.wait(CLOCK, LONG)
    assert events.follow([tmp_path, folder])
    await quiet(events)
    (tmp_path / "file").write_text("a")
    assert await events.wait(CLOCK, LONG)


async def test_where_the_system_has_no_watch_left_the_answer_is_no(
    tmp_path: Path, events: FolderEvents, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.schedule", none_left)
    assert not events.follow([tmp_path])


async def test_nothing_is_told_after_the_end(tmp_path: Path) -> None:
    events = FolderEvents()
    assert events.follow([tmp_path])
    events.close()
    (tmp_path / "file").write_text("a")
    assert not await events.wait(CLOCK, SHORT)
    threads = threading.active_count()
    assert not events.follow([tmp_path]), "a look that began before the end and comes later"
    assert threading.active_count() == threads
