from __future__ import annotations

import errno
from dataclasses import replace
from io import RawIOBase
from pathlib import Path
from typing import Any

import pytest

from tutor.content.timeline_file import MOST_KEPT, MOST_PENDING, TimelineFile
from tutor.core.timeline import Answered, CommandRun, EndpointsChanged, Entry, EventSeen, StepMoved


def answers(count: int, start: int = 0) -> list[Entry]:
    return [Answered(float(at), "1.0.0") for at in range(start, start + count)]


def test_what_was_appended_is_loaded_in_order(tmp_path: Path) -> None:
    entries = [*answers(3), EndpointsChanged(3.0, "user", ("a", "b")), StepMoved(4.0, "crash", "begun")]
    file = TimelineFile(tmp_path / "state/timeline.jsonl")
    for entry in entries:
        file.append(entry)
    file.close()
    assert TimelineFile(tmp_path / "state/timeline.jsonl").load() == entries


def test_nothing_recorded_yet_is_an_empty_timeline(tmp_path: Path) -> None:
    file = TimelineFile(tmp_path / "timeline.jsonl")
    assert file.load() == []
    assert file.problem == ""
    file.close()
    assert list(tmp_path.iterdir()) == []


def test_rare_entries_are_on_disk_at_once_and_others_after_a_flush(tmp_path: Path) -> None:
    path = tmp_path / "timeline.jsonl"
    file = TimelineFile(path)
    file.append(answers(1)[0])
    assert not path.exists()
    file.append(CommandRun(1.0, "kubectl apply -f kube/"))
    assert len(TimelineFile(path).load()) == 2
    for entry in answers(MOST_PENDING - 1, 2):
        file.append(entry)
    assert len(TimelineFile(path).load()) == 2
    file.append(answers(1, 1000)[0])
    assert len(TimelineFile(path).load()) == 2 + MOST_PENDING
    file.close()


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_torn_last_line_is_skipped_and_the_next_begins_anew(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "timeline.jsonl"
    first = TimelineFile(path)
    for entry in answers(3):
        first.append(entry)
    first.close()
    path.write_bytes(path.read_bytes()[:-cut])
    second = TimelineFile(path)
    kept = second.load()
    assert kept[:2] == answers(2)
    second.append(StepMoved(9.0, "crash", "begun"))
    second.close()
    assert TimelineFile(path).load() == [*kept, StepMoved(9.0, "crash", "begun")]


def test_lines_of_rubbish_and_of_a_newer_tutor_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "timeline.jsonl"
    path.write_bytes(b'\xff\xfe\n\n[1]\n{"type":"FromTheFuture","at":1}\nnull\n')
    file = TimelineFile(path)
    file.append(StepMoved(2.0, "crash", "begun"))
    file.close()
    assert file.load() == [StepMoved(2.0, "crash", "begun")]


def test_the_disk_is_bounded_and_the_newest_stay(tmp_path: Path) -> None:
    path = tmp_path / "timeline.jsonl"
    file = TimelineFile(path, most_bytes=20_000)
    for entry in answers(2000):
        file.append(entry)
        file.flush()
        assert sum(part.stat().st_size for part in tmp_path.iterdir()) <= 20_000
    file.close()
    kept = file.load()
    assert kept == answers(len(kept), 2000 - len(kept))
    assert len(kept) > 50
    assert {part.name for part in tmp_path.iterdir()} == {"timeline.jsonl", "timeline.1.jsonl"}


@pytest.mark.parametrize("pods", [0, 40, 400])
def test_a_flood_of_long_lines_stays_within_the_bound_too(tmp_path: Path, pods: int) -> None:
    """Lines as large as a twentieth of a file, so many at once that they do not fit into it."""
    path, most = tmp_path / "timeline.jsonl", 200_000
    state = EndpointsChanged(0.0, "user", tuple(f"user-{n:05}" for n in range(pods)))
    file = TimelineFile(path, most, baseline=lambda: [state])
    largest = 0
    for turn in range(12):
        for number in range(MOST_PENDING - 1):
            file.append(replace(state, at=turn * 1_000.0 + number))
        file.flush()
        largest = max(largest, sum(found.stat().st_size for found in tmp_path.iterdir()))
    file.close()
    assert largest <= most
    kept = TimelineFile(path).load()
    assert kept[-1].at == 11_000.0 + MOST_PENDING - 2, "the newest are there"
    assert all(isinstance(entry, EndpointsChanged) for entry in kept)


def test_what_waited_for_a_disk_that_refused_is_written_within_the_bound(tmp_path: Path) -> None:
    path, most = tmp_path / "timeline.jsonl", 100_000
    file = TimelineFile(path, most)
    path.mkdir()
    for number in range(MOST_KEPT):
        file.append(EventSeen(float(number), "Pod", "user-x", "Warning", "BackOff", "Back-off " * 10))
    file.flush()
    assert "is not being recorded" in file.problem
    path.rmdir()
    file.close()
    assert file.problem == ""
    assert sum(found.stat().st_size for found in tmp_path.iterdir()) <= most
    assert TimelineFile(path).load()[-1].at == MOST_KEPT - 1


def test_a_line_that_fits_into_no_file_is_left_out(tmp_path: Path) -> None:
    file = TimelineFile(tmp_path / "timeline.jsonl", 1_000)
    huge = EventSeen(1.0, "Pod", "x", "Warning", "BackOff", "x" * 5_000)
    for entry in (StepMoved(0.0, "crash", "begun"), huge, StepMoved(2.0, "crash", "passed")):
        file.append(entry)
    file.close()
    assert [entry.at for entry in TimelineFile(file.path).load()] == [0.0, 2.0]


def test_a_disk_that_refuses_is_said_and_nothing_is_lost_when_it_recovers(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where a folder should be")
    file = TimelineFile(blocked / "timeline.jsonl")
    file.append(StepMoved(1.0, "crash", "begun"))
    assert "is not being recorded" in file.problem
    assert "Set HOMICS_STATE_DIR" in file.problem, "nothing is full"
    for entry in answers(10_000, 2):
        file.append(entry)
    blocked.unlink()
    file.flush()
    assert file.problem == ""
    file.close()
    kept = file.load()
    assert kept == answers(len(kept), 10_002 - len(kept))


class NearlyFull(RawIOBase):
    """A file on a disk that takes `room` bytes more."""

    def __init__(self, file: RawIOBase, room: int) -> None:
        self._file = file
        self._room = room

    def write(self, data: Any) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._file.write(bytes(data)[: self._room]) or 0
        self._room -= written
        return written


@pytest.mark.parametrize("room", range(0, 400, 7))
def test_a_disk_that_becomes_full_within_a_write_leaves_nothing_twice(tmp_path: Path, room: int) -> None:
    """A call that is counted twice would be an error too many."""
    file = TimelineFile(tmp_path / "timeline.jsonl")
    opened, before = file._opened, answers(12)
    file._opened = lambda more: NearlyFull(opened(more), room)  # type: ignore[method-assign]
    for entry in before:
        file.append(entry)
    file.flush()
    assert "No space left" in file.problem
    file._opened = opened  # type: ignore[method-assign]
    file.close()
    assert file.problem == ""
    assert file.load() == before


def test_of_a_full_disk_it_is_said_to_free_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TimelineFile, "_opened", full)
    file = TimelineFile(tmp_path / "timeline.jsonl")
    file.append(StepMoved(1.0, "crash", "begun"))
    assert "Free some space." in file.problem
