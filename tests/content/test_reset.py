from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tutor.content.locate import locate
from tutor.content.reset import ResetFailed, reset, undo
from tutor.content.state import WorkspaceState
from tutor.content.workspace import Workspace

FILES = ("kube/user/deployment.yaml", "kube/user/service.yaml")


@pytest.fixture
def state(tmp_path: Path) -> WorkspaceState:
    return WorkspaceState(tmp_path / "state")


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    workspace = Workspace(folder, locate())
    workspace.write_starters(FILES)
    return workspace


def test_a_reset_keeps_a_copy_and_can_be_undone_and_redone(workspace: Workspace, state: WorkspaceState) -> None:
    mine = workspace.path(FILES[0])
    starter = mine.read_bytes()
    mine.write_bytes(b"mine")
    done = reset(workspace, locate(), state, FILES)
    assert done.files == (FILES[0],)
    assert done.unchanged == (FILES[1],)
    assert done.backup is not None
    assert (done.backup / FILES[0]).read_bytes() == b"mine"
    assert mine.read_bytes() == starter
    assert undo(workspace, state)
    assert mine.read_bytes() == b"mine"
    assert undo(workspace, state)
    assert mine.read_bytes() == starter


def test_a_file_that_was_not_there_is_gone_again_after_undo(workspace: Workspace, state: WorkspaceState) -> None:
    workspace.path(FILES[0]).unlink()
    assert reset(workspace, locate(), state, FILES).files == (FILES[0],)
    assert workspace.path(FILES[0]).exists()
    undo(workspace, state)
    assert not workspace.path(FILES[0]).exists()


def test_nothing_to_reset_leaves_no_backup(workspace: Workspace, state: WorkspaceState) -> None:
    assert reset(workspace, locate(), state, FILES).backup is None
    assert undo(workspace, state) is None


def test_what_cannot_be_copied_is_not_overwritten(workspace: Workspace, state: WorkspaceState) -> None:
    workspace.path(FILES[0]).write_bytes(b"mine")
    state.folder.write_text("a file where the state should be")
    with pytest.raises(ResetFailed, match="nothing was changed"):
        reset(workspace, locate(), state, FILES)
    assert workspace.path(FILES[0]).read_bytes() == b"mine"


def test_a_folder_in_the_way_is_left_alone(workspace: Workspace, state: WorkspaceState) -> None:
    workspace.path(FILES[0]).write_bytes(b"mine")
    workspace.path(FILES[1]).unlink()
    workspace.path(FILES[1]).mkdir()
    with pytest.raises(ResetFailed, match="is a folder, not a file"):
        reset(workspace, locate(), state, FILES)
    assert workspace.path(FILES[0]).read_bytes() == b"mine"


def test_a_file_without_a_starter_is_told(workspace: Workspace, state: WorkspaceState) -> None:
    with pytest.raises(ResetFailed, match=r"no starter for kube/none\.yaml"):
        reset(workspace, locate(), state, ["kube/none.yaml"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_stays_a_link(workspace: Workspace, state: WorkspaceState, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    real.write_bytes(b"mine")
    workspace.path(FILES[0]).unlink()
    workspace.path(FILES[0]).symlink_to(real)
    reset(workspace, locate(), state, FILES)
    assert os.path.islink(workspace.path(FILES[0]))
    assert real.read_bytes() == (locate().starter / FILES[0]).read_bytes()
