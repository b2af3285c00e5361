"""The learner's checkout of the exercise: reading its files, offering starters, knowing a wrong folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from tutor.content.atomic import create_file
from tutor.content.locate import CourseFolders
from tutor.content.read_file import ReadFile, read_bytes
from tutor.content.schema import MANIFEST_ENDINGS

SERVICES = frozenset({"gateway", "user", "database", "monolith", "kafka", "zookeeper", "stats", "stock"})
MOST_OTHERS = 50
"""Manifests of the workspace beside the course's own that are looked at."""


class Place(StrEnum):
    """What kind of folder the tutor was started in."""

    WORKSPACE = "workspace"
    """It holds kube/."""
    EMPTY = "empty"
    """Nothing is in it: a good place for the starters."""
    OTHER = "other"
    """It holds other things and no kube/: starters can be written, after a question."""
    INSIDE = "inside"
    """It lies inside a checkout."""
    OUTSIDE = "outside"
    """A folder in it is the checkout."""
    MISSING = "missing"
    NOT_A_FOLDER = "not-a-folder"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Found:
    """Where the tutor was started, and what to do where that is not a workspace."""

    place: Place
    message: str = ""
    """A sentence for the learner; empty for a workspace."""
    suggestion: Path | None = None
    """The folder that was probably meant."""

    @property
    def usable(self) -> bool:
        """Whether files can be looked for and starters be written there."""
        return self.place in (Place.WORKSPACE, Place.EMPTY, Place.OTHER)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the starters that were asked for, by their paths."""

    written: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Something was there already: it is as it was."""
    failed: tuple[tuple[str, str], ...] = ()
    """(path, why)."""


class Workspace:
    """Files by their path relative to the folder, always with forward slashes."""

    def __init__(self, folder: Path, course: CourseFolders) -> None:
        self.folder = folder.expanduser().absolute()
        self._course = course
        self._paths: dict[str, Path] = {}

    def path(self, file: str) -> Path:
        """Where a file is. Asked for many times a second: each is made once."""
        if file not in self._paths:
            self._paths[file] = self.folder.joinpath(*PurePosixPath(file).parts)
        return self._paths[file]

    def read(self, file: str) -> ReadFile:
        """One file. Never raises and never waits."""
        exists, data, error = read_bytes(self.path(file))
        near = "" if exists else self._near(file)
        return ReadFile(file, exists, data, f"{file} {error}" if error else "", near)

    def missing(self, files: Iterable[str]) -> tuple[str, ...]:
        """Those of `files` that are not there and that a starter exists for."""
        return tuple(
            file for file in files if not os.path.lexists(self.path(file)) and (self._course.starter / file).is_file()
        )

    def write_starters(self, files: Iterable[str]) -> Written:
        """Write the starters of `files` where nothing is yet; what is there stays as it is."""
        written, kept, failed = [], [], []
        for file in files:
            try:
                data = (self._course.starter / file).read_bytes()
            except OSError as error:
                failed.append((file, f"there is no starter for it ({error.strerror})"))
                continue
            try:
                create_file(self.path(file), data)
            except FileExistsError:
                kept.append(file)
            except OSError as error:
                failed.append((file, f"it cannot be written ({error.strerror or error})"))
            else:
                written.append(file)
        return Written(tuple(written), tuple(kept), tuple(failed))

    def others(self, known: Iterable[str] = ()) -> tuple[str, ...]:
        """Manifests in kube/ and its folders that are not among `known`, such as kube/gateway/gateway.yml."""
        leave = {os.path.normcase(file) for file in known}
        found: list[str] = []
        for name, folder in self._places():
            for entry in _scan(folder):
                file = f"{name}/{entry.name}"
                ending = os.path.splitext(entry.name)[1].lower()
                if ending in MANIFEST_ENDINGS and os.path.normcase(file) not in leave and _holds(entry.is_file):
                    found.append(file)
        return tuple(sorted(found)[:MOST_OTHERS])

    def folders(self, known: Iterable[str]) -> tuple[Path, ...]:
        """The folders in which one of the `known` files or another manifest may appear; instead of one that is not
        there, the one above in which it would appear."""
        wanted = {Path(folder) for _, folder in self._places()} | {self.path(file).parent for file in known}
        return tuple(sorted({self._nearest(folder) for folder in wanted}))

    def _nearest(self, folder: Path) -> Path:
        while folder != self.folder and not folder.is_dir():
            folder = folder.parent
        return folder

    def _places(self) -> list[tuple[str, str]]:
        """kube/ and the folders in it: (name with forward slashes, path)."""
        kube = os.path.join(self.folder, "kube")
        inside = [entry for entry in _scan(kube) if entry.name[0] != "." and _holds(entry.is_dir)]
        return [("kube", kube), *((f"kube/{entry.name}", entry.path) for entry in inside)]

    def look(self) -> Found:
        """What kind of folder this is."""
        try:
            return self._look()
        except OSError as error:
            # Not even asked for: a folder above it is closed, or its name is too long.
            message = f"{self.folder} cannot be looked at ({error.strerror}). Check --workspace and its permissions."
            return Found(Place.UNREADABLE, message)

    def _look(self) -> Found:
        folder = self.folder
        if not folder.exists():
            return Found(Place.MISSING, f"There is no folder {folder}. Check --workspace.")
        if not folder.is_dir():
            return Found(
                Place.NOT_A_FOLDER, f"{folder} is not a folder. Name the folder that holds kube/.", folder.parent
            )
        try:
            names = {entry.name for entry in os.scandir(folder)}
        except OSError as error:
            return Found(Place.UNREADABLE, f"{folder} cannot be read ({error.strerror}). Change its permissions.")
        if (folder / "kube").is_dir():
            return Found(Place.WORKSPACE)
        if root := _checkout_around(folder, names):
            return Found(Place.INSIDE, f"You are inside the exercise: start in {root} instead.", root)
        if not names:
            here = "The starters of the exercise can be written here."
            if not os.access(folder, os.W_OK):
                here = "You may not write into it: name another folder with --workspace, or change its permissions."
            return Found(Place.EMPTY, f"{folder} is empty. {here}")
        if below := _checkout_below(folder):
            return Found(Place.OUTSIDE, f"{folder} holds no kube/, but {below.name}/ does: start there.", below)
        return Found(
            Place.OTHER,
            f"{folder} holds no kube/. Go to the checkout of the exercise, or have the starters written here.",
        )

    def _near(self, file: str) -> str:
        """A file beside a missing one that differs in letter case or ending only."""
        wanted = self.path(file)
        for entry in _entries(wanted.parent):
            stem, _, ending = entry.name.lower().partition(".")
            if stem == wanted.stem.lower() and ending in ("yaml", "yml", "json", "yaml.txt", "yml.txt", ""):
                return str(PurePosixPath(file).with_name(entry.name))
        return ""


def _checkout_around(folder: Path, names: set[str]) -> Path | None:
    """The checkout that `folder` is inside of: it is kube/ itself, or a folder in one."""
    if folder.name == "kube" and names & SERVICES:
        return folder.parent
    if folder.parent.name == "kube" and folder.name in SERVICES:
        return folder.parent.parent
    return None


def _checkout_below(folder: Path) -> Path | None:
    return next((entry for entry in _folders(folder)[:100] if (entry / "kube" / "gateway").is_dir()), None)


def _entries(folder: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in _scan(folder))


def _scan(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []  # gone, or not to be read: then there is nothing to list


def _holds(test: Callable[[], bool]) -> bool:
    try:
        return test()
    except OSError:
        return False  # a link that leads to itself


def _folders(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.is_dir() and not entry.name.startswith(".")]
