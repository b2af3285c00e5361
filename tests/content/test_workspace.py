from __future__ import annotations

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from tutor.content import read_file
from tutor.content.loader import load_course
from tutor.content.locate import CourseFolders, locate
from tutor.content.workspace import Place, Workspace

GATEWAY = "kube/gateway/deployment.yaml"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@pytest.fixture
def workspace(folder: Path) -> Workspace:
    return Workspace(folder, locate())


def put(workspace: Workspace, file: str, data: bytes = b"kind: Deployment\n") -> Path:
    path = workspace.path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_file_is_read_as_it_is(workspace: Workspace) -> None:
    put(workspace, GATEWAY, b"a\r\n\x00\xff")
    found = workspace.read(GATEWAY)
    assert (found.exists, found.data, found.error) == (True, b"a\r\n\x00\xff", "")


def test_a_missing_file_is_no_error(workspace: Workspace) -> None:
    found = workspace.read(GATEWAY)
    assert (found.exists, found.data, found.error, found.near) == (False, b"", "", "")


@pytest.mark.parametrize("name", ["deployment.yml", "Deployment.YAML", "deployment.yaml.txt", "deployment"])
def test_a_file_of_a_near_name_is_named(workspace: Workspace, name: str) -> None:
    put(workspace, f"kube/gateway/{name}")
    found = workspace.read(GATEWAY)
    if not found.exists:  # a file system that ignores case finds it itself
        assert found.near == f"kube/gateway/{name}"


def test_a_file_where_a_folder_should_be_is_no_error(workspace: Workspace) -> None:
    put(workspace, "kube/gateway")
    assert not workspace.read(GATEWAY).exists


def test_a_folder_instead_of_a_file_is_told(workspace: Workspace) -> None:
    workspace.path(GATEWAY).mkdir(parents=True)
    found = workspace.read(GATEWAY)
    assert found.exists
    assert found.error == f"{GATEWAY} is a folder, not a file. Put a YAML file there."


def test_a_large_file_is_not_read(workspace: Workspace) -> None:
    path = put(workspace, GATEWAY)
    with path.open("wb") as file:
        file.truncate(30 * 1024 * 1024)
    found = workspace.read(GATEWAY)
    assert found.data == b""
    assert "has 30.0 MB" in found.error


@posix
def test_a_pipe_is_told_and_not_waited_for(workspace: Workspace) -> None:
    workspace.path(GATEWAY).parent.mkdir(parents=True)
    os.mkfifo(workspace.path(GATEWAY))
    assert "is a pipe (FIFO), not a file" in workspace.read(GATEWAY).error


@posix
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(workspace, GATEWAY)
    as_file = os.stat(path)
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda *_, **__: as_file)
    exists, data, error = read_file.read_bytes(path)
    assert (exists, data) == (True, b"")
    assert "is a pipe" in error


@posix
def test_a_device_is_told(workspace: Workspace) -> None:
    workspace.path(GATEWAY).parent.mkdir(parents=True)
    workspace.path(GATEWAY).symlink_to("/dev/zero")
    assert "is a device, not a file" in workspace.read(GATEWAY).error


@posix
def test_a_socket_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.path(GATEWAY).parent.mkdir(parents=True)
    monkeypatch.chdir(workspace.path(GATEWAY).parent)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("deployment.yaml")
        assert "is a socket, not a file" in workspace.read(GATEWAY).error


@posix
def test_links_in_a_circle_are_told(workspace: Workspace) -> None:
    folder = workspace.path(GATEWAY).parent
    folder.mkdir(parents=True)
    (folder / "deployment.yaml").symlink_to("other.yaml")
    (folder / "other.yaml").symlink_to("deployment.yaml")
    assert "is a link that leads to itself" in workspace.read(GATEWAY).error
    assert workspace.others() == ()


@posix
def test_a_link_to_nothing_is_told_and_never_written_through(workspace: Workspace) -> None:
    path = workspace.path(GATEWAY)
    path.parent.mkdir(parents=True)
    path.symlink_to("nowhere.yaml")
    assert "is a link to a file that does not exist" in workspace.read(GATEWAY).error
    assert workspace.missing([GATEWAY]) == ()
    assert workspace.write_starters([GATEWAY]).kept == (GATEWAY,)
    assert not path.exists()


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(workspace: Workspace) -> None:
    put(workspace, GATEWAY).chmod(0)
    assert "may not be read by you" in workspace.read(GATEWAY).error


def test_a_file_that_always_changes_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(workspace, GATEWAY)
    real = read_file._read

    def changing(path: Path) -> tuple[bytes, os.stat_result, os.stat_result]:
        data, before, _ = real(path)
        path.write_bytes(data + b"# more\n")
        return data, before, os.stat(path)

    monkeypatch.setattr(read_file, "_read", changing)
    assert "keeps changing while it is read" in workspace.read(GATEWAY).error
    monkeypatch.undo()
    assert workspace.read(GATEWAY).data == path.read_bytes()


def test_missing_starters_are_written_and_nothing_else(workspace: Workspace) -> None:
    mine = put(workspace, GATEWAY, b"mine")
    course = load_course()
    files = [file for step in course.steps for file in (*step.files, *step.given)]
    missing = workspace.missing(dict.fromkeys(files))
    assert GATEWAY not in missing
    done = workspace.write_starters([GATEWAY, *missing])
    assert done.kept == (GATEWAY,)
    assert set(done.written) == set(missing)
    assert done.failed == ()
    assert mine.read_bytes() == b"mine"
    assert workspace.missing(files) == ()
    for file in missing:
        assert workspace.read(file).data == course.starter(file).read_bytes()
    assert not [path for path in workspace.folder.rglob("*") if path.name.startswith(".")]


def test_two_that_write_a_starter_at_once_never_mix(workspace: Workspace) -> None:
    results = []
    threads = [threading.Thread(target=lambda: results.append(workspace.write_starters([GATEWAY]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(result.written) for result in results) == 1
    assert sum(len(result.kept) for result in results) == 7


def test_where_hard_links_are_missing_a_starter_is_still_never_forced(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert workspace.write_starters([GATEWAY]).written == (GATEWAY,)
    workspace.path(GATEWAY).write_bytes(b"mine")
    assert workspace.write_starters([GATEWAY]).kept == (GATEWAY,)
    assert workspace.read(GATEWAY).data == b"mine"


def test_a_starter_that_cannot_be_written_is_told(workspace: Workspace) -> None:
    put(workspace, "kube/gateway", b"a file where a folder should be")
    ((file, why),) = workspace.write_starters([GATEWAY]).failed
    assert file == GATEWAY
    assert why.startswith("it cannot be written (")
    assert workspace.write_starters(["kube/none/deployment.yaml"]).failed[0][1].startswith("there is no starter")


def test_other_manifests_are_listed(workspace: Workspace) -> None:
    for file in (GATEWAY, "kube/gateway/all.yml", "kube/app.JSON", "kube/user/notes.txt", "kube/a/b/deep.yaml"):
        put(workspace, file)
    (workspace.folder / "kube/gateway/folder.yaml").mkdir()
    assert workspace.others([GATEWAY]) == ("kube/app.JSON", "kube/gateway/all.yml")


def test_of_an_empty_folder_that_is_closed_it_is_not_said_that_starters_fit_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "can be written here" in Workspace(folder, CourseFolders(folder)).look().message
    monkeypatch.setattr("os.access", lambda *_: False)
    said = Workspace(folder, CourseFolders(folder)).look().message
    assert "can be written here" not in said
    assert "--workspace" in said


def test_a_wrong_folder_is_recognised(folder: Path) -> None:
    def look(path: Path) -> tuple[Place, Path | None]:
        found = Workspace(path, CourseFolders(folder)).look()
        assert bool(found.message) is (found.place is not Place.WORKSPACE)
        return found.place, found.suggestion

    assert look(folder) == (Place.EMPTY, None)
    checkout = folder / "exercise"
    (checkout / "kube/gateway").mkdir(parents=True)
    assert look(checkout) == (Place.WORKSPACE, None)
    assert look(checkout / "kube") == (Place.INSIDE, checkout)
    assert look(checkout / "kube/gateway") == (Place.INSIDE, checkout)
    assert look(folder) == (Place.OUTSIDE, checkout)
    assert look(folder / "nowhere") == (Place.MISSING, None)
    (folder / "file").write_text("x")
    assert look(folder / "file") == (Place.NOT_A_FOLDER, folder)
    other = folder / "other"
    other.mkdir()
    (other / "file").write_text("x")
    assert look(other) == (Place.OTHER, None)
