from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from tutor.content.file_events import FolderEvents
from tutor.content.file_watch import GATHER, GLANCE, GRACE, INTERVAL, TOLD, FileWatch, Saved, digest, watch_files
from tutor.content.locate import locate
from tutor.content.workspace import Workspace
from tutor.kube.times import Clock

OLD = 1_700_000_000


def put(path: Path, text: str, at: int = OLD) -> Path:
    path.write_text(text)
    os.utime(path, (at, at))
    return path


def test_the_first_look_finds_nothing_new_and_then_only_changes(tmp_path: Path) -> None:
    one, two = put(tmp_path / "one", "1"), put(tmp_path / "two", "2")
    watch = FileWatch(lambda: [one, two])
    assert watch.poll(OLD + 100) == frozenset()
    assert watch.poll(OLD + 101) == frozenset()
    put(two, "22", OLD + 101)
    assert watch.poll(OLD + 102) == {two}
    assert watch.poll(OLD + 103) == frozenset()


def test_a_file_that_an_editor_replaced_by_renaming_is_noticed(tmp_path: Path) -> None:
    path = put(tmp_path / "file", "same")
    watch = FileWatch(lambda: [path])
    watch.poll(OLD + 100)
    # Same size and even the same time: the inode tells. Made before the old one goes, so that it differs.
    os.replace(put(tmp_path / "swap", "SAME"), path)
    assert watch.poll(OLD + 101) == {path}


def test_files_that_appear_and_vanish_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    watch = FileWatch(lambda: [path])
    watch.poll(OLD)
    put(path, "x")
    assert watch.poll(OLD + 100) == {path}
    path.unlink()
    assert watch.poll(OLD + 101) == {path}
    assert watch.poll(OLD + 102) == frozenset()


def test_two_saves_within_one_tick_of_a_coarse_clock_are_told_apart(tmp_path: Path) -> None:
    path = put(tmp_path / "file", "a: 1")
    watch = FileWatch(lambda: [path])
    watch.poll(OLD + 0.5)
    with path.open("r+") as file:
        file.write("a: 2")
    os.utime(path, (OLD, OLD))
    assert watch.poll(OLD + 1.0) == {path}
    assert watch.poll(OLD + 1.5) == frozenset()
    assert watch.poll(OLD + 60) == frozenset()


def test_the_files_looked_at_may_be_others_each_time(tmp_path: Path) -> None:
    files = [put(tmp_path / "one", "1")]
    watch = FileWatch(lambda: files)
    watch.poll(OLD + 100)
    files.append(put(tmp_path / "two", "2"))
    assert watch.poll(OLD + 101) == {files[1]}
    gone = files.pop(0)
    assert watch.poll(OLD + 102) == {gone}


class Ticks:
    """A clock whose sleep does the next of some deeds."""

    def __init__(self, *deeds: object) -> None:
        self.deeds = list(deeds)
        self.slept: list[float] = []

    def now(self) -> float:
        return OLD + 100.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if not self.deeds:
            await asyncio.Event().wait()
        deed = self.deeds.pop(0)
        assert callable(deed)
        deed()


async def test_changes_come_as_they_are_saved(tmp_path: Path) -> None:
    path = put(tmp_path / "file", "1")
    clock = Ticks(lambda: None, lambda: put(path, "22"), lambda: None, path.unlink)
    seen = []
    async with asyncio.timeout(20):
        async for changed in FileWatch(lambda: [path]).changes(clock):
            seen.append(changed)
            if len(seen) == 2:
                break
    assert seen == [{path}, {path}]
    assert set(clock.slept) == {0.5}


async def test_saves_in_a_workspace_are_told_by_their_paths(folder: Path) -> None:
    workspace = Workspace(folder, locate())
    known = "kube/user/service.yaml"
    other = "kube/user/all.yml"

    def save(file: str) -> None:
        workspace.path(file).parent.mkdir(parents=True, exist_ok=True)
        put(workspace.path(file), file, OLD)

    clock = Ticks(lambda: save(known), lambda: save(other), workspace.path(known).unlink)
    seen = []
    async with asyncio.timeout(20):
        async for saved in watch_files(workspace, [known, known], clock):
            seen.append(saved)
            if len(seen) == 3:
                break
    assert seen == [Saved(known, digest(known.encode())), Saved(other, digest(other.encode())), Saved(known, "")]


async def test_the_files_that_are_worked_on_are_looked_at_more_often(tmp_path: Path) -> None:
    path, other = put(tmp_path / "file", "1"), put(tmp_path / "other", "1")
    clock = Ticks(lambda: None, lambda: None, lambda: put(path, "22"), lambda: None, lambda: put(other, "22"))
    seen: list[tuple[frozenset[Path], float]] = []
    async with asyncio.timeout(20):
        async for changed in FileWatch(lambda: [path, other]).changes(clock, lambda: [path, tmp_path / "none"]):
            seen.append((changed, round(sum(clock.slept), 2)))
            if len(seen) == 1:
                clock.deeds += [lambda: None] * 20
            if len(seen) == 2:
                break
    assert seen[0] == (frozenset({path}), round(3 * GLANCE, 2)), "three glances after it was begun"
    assert seen[1] == (frozenset({other}), round(3 * GLANCE + 0.5, 2)), "with the next look at everything"


class Words:
    """`Events` that come when the test says so."""

    def __init__(self, listens: bool = True) -> None:
        self.listens = listens
        self.followed: list[list[Path]] = []
        self.waits: list[float] = []
        self.coming: list[tuple[bool, object]] = []
        self.closed = False

    def follow(self, folders: Iterable[Path]) -> bool:
        self.followed.append(list(folders))
        return self.listens

    async def wait(self, clock: Clock, seconds: float) -> bool:
        self.waits.append(seconds)
        if not self.coming:
            await asyncio.Event().wait()
        word, deed = self.coming.pop(0)
        if callable(deed):
            deed()
        return word

    def close(self) -> None:
        self.closed = True


async def first_changes(watch: FileWatch, clock: Ticks, words: Words, count: int) -> list[frozenset[Path]]:
    seen: list[frozenset[Path]] = []
    changes = watch.changes(clock, events=words)
    async with asyncio.timeout(20):
        async for changed in changes:
            seen.append(changed)
            if len(seen) == count:
                break
    await changes.aclose()
    return seen


async def test_a_word_of_the_system_is_followed_by_a_look(tmp_path: Path) -> None:
    path, words = put(tmp_path / "file", "1"), Words()
    words.coming = [(False, None), (True, lambda: put(path, "22")), (True, path.unlink)]
    clock = Ticks(*[lambda: None] * 9)
    watch = FileWatch(lambda: [path], lambda: [tmp_path])
    assert await first_changes(watch, clock, words, 2) == [{path}, {path}]
    assert words.waits == [TOLD] * 3
    assert clock.slept == [GATHER, GATHER], "an editor gets the time to write it"
    assert words.followed == [[tmp_path]] * 4
    assert words.closed


async def test_what_nobody_told_of_is_found_and_then_nobody_is_relied_on(tmp_path: Path) -> None:
    path, words = put(tmp_path / "file", "1"), Words()
    words.coming = [(False, lambda: put(path, "22")), (False, None)]
    clock = Ticks(lambda: put(path, "333"), *[lambda: None] * 9)
    watch = FileWatch(lambda: [path], lambda: [tmp_path])
    assert await first_changes(watch, clock, words, 2) == [{path}, {path}]
    assert words.waits == [TOLD, GRACE]
    assert clock.slept == [INTERVAL]


async def test_a_word_that_comes_after_the_look_is_relied_on_still(tmp_path: Path) -> None:
    path, words = put(tmp_path / "file", "1"), Words()
    words.coming = [(False, lambda: put(path, "22")), (True, None), (True, lambda: put(path, "333"))]
    clock = Ticks(*[lambda: None] * 9)
    watch = FileWatch(lambda: [path], lambda: [tmp_path])
    assert await first_changes(watch, clock, words, 2) == [{path}, {path}]
    assert words.waits == [TOLD, GRACE, TOLD]
    assert clock.slept == [GATHER]


async def test_where_no_word_can_come_the_files_are_looked_at(tmp_path: Path) -> None:
    path, words = put(tmp_path / "file", "1"), Words(listens=False)
    clock = Ticks(lambda: put(path, "22"), lambda: None)
    assert await first_changes(FileWatch(lambda: [path]), clock, words, 1) == [{path}]
    assert (words.waits, clock.slept) == ([], [INTERVAL])


async def test_saves_in_a_workspace_are_told_at_once_wherever_they_appear(folder: Path) -> None:
    """With the system's own word: the clock stands still, so that no look by time finds anything."""
    workspace = Workspace(folder, locate())
    known = "kube/user/service.yaml"

    class Still:
        def now(self) -> float:
            return OLD + 100.0

        async def sleep(self, seconds: float) -> None:
            if seconds != GATHER:
                await asyncio.Event().wait()

    class Listening(FolderEvents):
        def __init__(self) -> None:
            super().__init__()
            self.listens = asyncio.Event()

        async def wait(self, clock: Clock, seconds: float) -> bool:
            self.listens.set()
            return await super().wait(clock, seconds)

    async def saves() -> AsyncIterator[Saved]:
        async for saved in watch_files(workspace, [known], Still(), events=events):
            yield saved

    events = Listening()
    changes = saves()
    try:
        async with asyncio.timeout(20):
            for file in (known, "kube/user/other.yaml", "kube/elsewhere/new.yml"):
                events.listens.clear()
                coming = asyncio.ensure_future(anext(changes))
                await events.listens.wait()
                path = workspace.path(file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file)
                assert (await coming).path == file
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await changes.aclose()
        await asyncio.to_thread(events.close)
