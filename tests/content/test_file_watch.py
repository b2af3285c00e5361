from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tutor.content.file_watch import GLANCE, FileWatch, Saved, digest, watch_files
from tutor.content.locate import locate
from tutor.content.workspace import Workspace

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
        async for changed in FileWatch(lambda: [path, other]).changes(clock, 0.5, lambda: [path, tmp_path / "none"]):
            seen.append((changed, round(sum(clock.slept), 2)))
            if len(seen) == 1:
                clock.deeds += [lambda: None] * 20
            if len(seen) == 2:
                break
    assert seen[0] == (frozenset({path}), round(3 * GLANCE, 2)), "three glances after it was begun"
    assert seen[1] == (frozenset({other}), round(3 * GLANCE + 0.5, 2)), "with the next look at everything"
