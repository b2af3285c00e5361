from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.content import progress_file
from tutor.content.state import VARIABLE, StateUnusable, WorkspaceState, state_root, workspace_state
from tutor.core import progress as p
from tutor.core.progress import Progress

SLUGS = ("one", "two", "three")


def some() -> Progress:
    state = p.begun(Progress(), "one", 10.0)
    state = p.hint_shown(state, "one", "write", 2)
    state = p.tried(state, "one")
    state = p.passed(state, "one", 20.5, ["pod ready at 14:02:11", "größer"])
    return p.begun(state, "two", 21.0)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "state/progress.json"
    progress_file.save(path, some())
    loaded = progress_file.load(path)
    assert loaded.progress == some()
    assert loaded.message == ""
    assert loaded.writable
    assert [file.name for file in path.parent.iterdir()] == ["progress.json"]


def test_no_file_is_an_empty_progress(tmp_path: Path) -> None:
    assert progress_file.load(tmp_path / "progress.json") == progress_file.Loaded(Progress())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\x00",
        b"[]",
        b'"text"',
        b'{"steps": 1}',
        b'{"steps": {"one": 3}}',
        b'{"steps": {"one": {"begun_at": "soon"}}}',
        b'{"steps": {"one": {"hints": [1]}}}',
        b'{"current": 3}',
        b"[" * 100_000,
    ],
)
def test_a_broken_file_is_set_aside_and_said(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "progress.json"
    for number in (1, 2):
        path.write_bytes(data)
        loaded = progress_file.load(path)
        assert loaded.progress == Progress()
        assert loaded.writable
        aside = tmp_path / f"progress.broken-{number}.json"
        assert str(aside) in loaded.message
        assert aside.read_bytes() == data
        assert not path.exists()


def test_the_file_of_a_newer_tutor_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_text(json.dumps({"format": 2, "steps": {"one": {"passed_at": 1}}}))
    loaded = progress_file.load(path)
    assert not loaded.writable
    assert "newer homics-tutor" in loaded.message
    assert path.exists()


def test_fields_that_are_not_known_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    path.write_text(json.dumps({"format": 1, "more": 1, "steps": {"gone-step": {"passed_at": 3, "more": 2}}}))
    assert progress_file.load(path).progress.passed("gone-step")


def test_what_cannot_be_saved_is_said_and_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "progress.json"
    progress_file.save(path, some())
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(progress_file.ProgressNotSaved, match="No space left on device"):
        progress_file.save(path, Progress())
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["progress.json"]


def test_state_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "here"))
    assert state_root() == tmp_path / "here"
    monkeypatch.delenv(VARIABLE)
    assert state_root().name == "homics-tutor" or "homics-tutor" in state_root().parts


def test_each_workspace_has_a_state_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = workspace_state(tmp_path / "a", tmp_path)
    assert first != workspace_state(tmp_path / "b", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert first == workspace_state(Path("a"), tmp_path)
    first.create()
    first.create()
    assert first.folder.is_dir()


def test_a_state_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateUnusable, match="HOMICS_STATE_DIR"):
        WorkspaceState(tmp_path / "file/state").create()
