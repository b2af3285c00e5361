"""One learner's session: the course, the workspace and what was remembered, opened from the settings.

Knows no cluster: what is here works on a plane.
"""

from __future__ import annotations

import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tutor.checks.evaluate import Evaluation
from tutor.content.loader import Course, load_course
from tutor.content.locate import CourseNotFound
from tutor.content.progress_file import ProgressNotSaved, load, save
from tutor.content.read_file import ReadFile
from tutor.content.schema import CourseInvalid
from tutor.content.state import StateUnusable, WorkspaceState, workspace_state
from tutor.content.workspace import Workspace
from tutor.core import progress
from tutor.core.manifest import ManifestFile, parse_manifest
from tutor.core.progress import Progress
from tutor.core.step import Step
from tutor.lesson.problem import Problem
from tutor.lesson.settings import Settings

Stamp = tuple[int, int, int]
"""(mtime in ns, size, inode) of a file that was not written just now."""
COARSE = 3.0
"""Seconds. Times of files are as coarse as 2 s (FAT): a younger one may change again without showing it."""
LOCK_TIME = 2.0
"""Seconds to wait for another process that saves progress."""


@dataclass(slots=True)
class Session:
    settings: Settings
    course: Course
    workspace: Workspace
    state: WorkspaceState
    progress: Progress
    messages: list[str] = field(default_factory=list)
    """What the learner should know of the opening: a broken progress file that was set aside, a full disk."""
    savable: bool = True
    place: str = ""
    """What of `messages` is about the folder as it was opened: it is over when a file of the course is there."""
    _unsaved: bool = False
    """Something is remembered that the disk refused."""
    _seen: tuple[int, int] = (0, 0)
    """(mtime in ns, size) of the saved progress when it was read last."""
    _parsed: dict[str, tuple[Stamp | None, ReadFile, ManifestFile]] = field(default_factory=dict)

    def step(self, word: str | None) -> Step:
        """The step of that slug or number; without one, where the learner is.

        Raises: `Problem` naming the steps there are.
        """
        if word is None:
            word = self.progress.resume(step.slug for step in self.course.steps)
        step = self.course.named(word)
        if step is None:
            names = ", ".join(step.slug for step in self.course.steps)
            near = _nearest(word, [step.slug for step in self.course.steps])
            raise Problem(f'There is no step "{word}".{near} The steps are: {names}.')
        return step

    def change(self, transition: Callable[[Progress], Progress]) -> None:
        """Apply a transition and save where anything changed; what cannot be saved becomes a message, once.

        The transition is applied to what is on disk: the app and a `check` beside it share one progress.
        """
        before = self.progress
        if self._is_new() and transition(before) == before:
            return
        try:
            if self.savable:
                self._change_on_disk(transition)
                return
        except (ProgressNotSaved, StateUnusable) as error:
            self._say(str(error))
        except OSError as error:
            self._say(f"Your progress could not be saved in {self.state.folder} ({error}). It is kept until you quit.")
        self._unsaved = True
        self.progress = transition(before)

    def _is_new(self) -> bool:
        """Whether what is remembered here is what the disk has."""
        return self.savable and not self._unsaved and self._seen == _stamp(self.state.progress)

    def _change_on_disk(self, transition: Callable[[Progress], Progress]) -> None:
        from filelock import FileLock

        self.state.create()
        with FileLock(self.state.folder / "progress.lock", timeout=LOCK_TIME):
            if not self._unsaved and self.state.progress.exists():
                loaded = load(self.state.progress)
                if not loaded.writable:
                    # Of a newer tutor, or not to be read: it stays as it is.
                    self.savable = False
                self._say(loaded.message)
                self.progress = self.progress if loaded.message else loaded.progress
            after = transition(self.progress)
            if self.savable and (after != self.progress or self._unsaved):
                save(self.state.progress, after)
                self._unsaved = False
            self.progress = after

    def refresh(self) -> bool:
        """Take in what another process saved, such as a step that a `check` beside the app saw pass."""
        if not self.savable or self._unsaved or (stamp := _stamp(self.state.progress)) == self._seen:
            return False
        self._seen = stamp
        loaded = load(self.state.progress)
        if loaded.message or not loaded.writable or loaded.progress == self.progress:
            return False
        self.progress = loaded.progress
        return True

    def _say(self, message: str) -> None:
        if message and message not in self.messages:
            self.messages.append(message)

    def passed(self, step: Step, at: float, evaluation: Evaluation) -> None:
        """Remember that a step passed, with what its checks saw."""
        self.change(lambda p: progress.passed(p, step.slug, at, _evidence(evaluation)))

    def renewed(self, step: Step, evaluation: Evaluation) -> None:
        """Remember what its checks see now, where the step passed before and passes still."""
        evidence = _evidence(evaluation)
        if evidence != self.progress.of(step.slug).evidence:
            self.change(lambda p: progress.renewed(p, step.slug, evidence))

    def read(self, file: str) -> ManifestFile:
        """A learner's file, parsed, with what is wrong with it as findings. Parsed once for each content, and not even
        opened where its times tell that nothing changed: the screen asks many times a minute."""
        stamp = _settled(self.workspace.path(file), time.time())
        known = self._parsed.get(file)
        if known is not None and stamp is not None and known[0] == stamp:
            return known[2]
        read = self.workspace.read(file)
        manifest = known[2] if known is not None and known[1] == read else parsed(read)
        self._parsed[file] = (stamp, read, manifest)
        return manifest

    def workspace_files(self, step: Step) -> tuple[str, ...]:
        """The step's own files that a starter exists for."""
        return tuple(file for file in step.files if self.course.starter(file).is_file())

    def manifests(self, step: Step) -> dict[str, ManifestFile]:
        """The step's files, whether they exist or not, and the other manifests of the workspace.

        The others are the files of all steps that exist, and any further .yaml, .yml or .json below kube/:
        a learner may keep a Service beside its Deployment in one file, or under another name.
        """
        own = dict.fromkeys((*step.files, *step.given))
        course_files = dict.fromkeys(file for other in self.course.steps for file in (*other.files, *other.given))
        found = {file: self.read(file) for file in own}
        for file in (*course_files, *self.workspace.others(known=course_files)):
            if file not in found:
                manifest = self.read(file)
                if manifest.exists:
                    found[file] = manifest
        return found


def _evidence(evaluation: Evaluation) -> tuple[str, ...]:
    return tuple(finding.message for finding in evaluation.findings)


def parsed(file: ReadFile) -> ManifestFile:
    return parse_manifest(file.path, file.data if file.exists else None, read_error=file.error, near=file.near)


def _settled(path: Path, now: float) -> Stamp | None:
    """None where there is no ordinary file, or one so young that its times prove nothing."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode) or now - status.st_mtime < COARSE:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _stamp(path: Path) -> tuple[int, int]:
    """(mtime in ns, size); zeros where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_mtime_ns, status.st_size


def open_session(settings: Settings) -> Session:
    """Raises: `Problem` where the course is missing or broken, or the workspace is no folder."""
    try:
        loaded_course = load_course(settings.course)
    except (CourseNotFound, CourseInvalid) as error:
        raise Problem(f"The course cannot be loaded:\n{error}") from error
    workspace = Workspace(settings.workspace, loaded_course.folders)
    found = workspace.look()
    if not found.usable:
        raise Problem(found.message)
    state = workspace_state(workspace.folder)
    seen = _stamp(state.progress)
    loaded = load(state.progress)
    messages = [message for message in (found.message, loaded.message) if message]
    return Session(
        settings, loaded_course, workspace, state, loaded.progress, messages, loaded.writable, found.message, _seen=seen
    )


def _nearest(slug: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(slug, known, n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else ""
