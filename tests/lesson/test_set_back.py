"""A step that was begun by a clock that ran ahead: its beginning is still to come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.core import progress
from tutor.core.timeline import Answered, LinkChanged, RecordingBegan, RecordingEnded, Timeline
from tutor.core.timeline_clock import as_of, by_one_clock
from tutor.lesson.judging import Judge
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings


def test_what_is_seen_from_the_first_look_on_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    session = open_session(Settings(workspace=tmp_path / "work"))
    session.change(lambda before: progress.begun(before, "crash", 5_000.0))
    judge, step = Judge(session), session.step("crash")
    assert [judge._since(step, now) for now in (5_010.0, 1_400.0, 1_500.0, 5_020.0)] == [
        5_000.0,
        1_400.0,
        1_400.0,
        5_000.0,
    ]


def test_what_is_dated_ahead_leaves_and_the_state_stays() -> None:
    entries = [Answered(10.0, "1.0.0"), Answered(3_700.0, "1.0.0"), LinkChanged(3_701.0, True)]
    assert as_of(entries, 100.0) == [entries[0], LinkChanged(100.0, True)]
    assert as_of(entries, 3_699.0) == entries, "processes write a moment apart"


def test_a_recording_is_read_by_its_last_clock() -> None:
    began = RecordingBegan(0.0, "minikube", "https://192.168.49.2:8443", "default")
    ahead = [RecordingBegan(3_600.0, *("c", "s", "n")), Answered(3_700.0, "1.0.0"), RecordingEnded(3_800.0)]
    after = [RecordingBegan(200.0, *("c", "s", "n")), Answered(210.0, "2.0.0")]
    read = by_one_clock([began, Answered(10.0, "1.0.0"), *ahead, *after])
    assert [entry.at for entry in Timeline(read)] == [0.0, 10.0, 200.0, 210.0]
