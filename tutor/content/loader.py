"""A course from disk: `steps/course.toml`, its texts, and `steps/NN-slug/{step.toml,text.md,done.md}`.

Loading reports every mistake of the course at once, with file and line, and imports no check.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.content.locate import CourseFolders, locate
from tutor.content.schema import CourseError, CourseInvalid, Report, Texts, read_step, rule_errors
from tutor.content.toml_lines import Path as TomlPath
from tutor.content.toml_lines import line_of, toml_lines
from tutor.core.step import Step

if TYPE_CHECKING:
    from tutor.checks.registry import Rule

FORMAT = 1
COURSE_KEYS = frozenset({"format", "title", "about", "welcome", "cheatsheet"})
FOLDER_NAME = re.compile(r"(\d{2})-([a-z0-9]+(?:-[a-z0-9]+)*)")
STEP_FILES = ("step.toml", "text.md", "done.md")
INSTRUCTOR_FILE = "instructor.md"
_SYNTAX_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Course:
    """A loaded course: its steps in order, and the texts around them."""

    folders: CourseFolders
    title: str
    about: str
    """One sentence."""
    welcome: str
    """Markdown: what the exercise is about, before the first step."""
    cheatsheet: str
    """Markdown: the commands, troubleshooting and what to read next."""
    steps: tuple[Step, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    """Slug → name of the step's folder, e.g. "03-user-database"."""

    def step(self, slug: str) -> Step | None:
        return next((step for step in self.steps if step.slug == slug), None)

    def named(self, word: str) -> Step | None:
        """The step of that slug, or of that number."""
        if (step := self.step(word)) or not (word.isascii() and word.isdigit()):
            return step
        return next((step for step in self.steps if step.number == int(word)), None)

    def starter(self, file: str) -> Path:
        """Where the starter of a learner's file is, e.g. of "kube/user/service.yaml". It may not exist."""
        return self.folders.starter / file

    def reference(self, slug: str) -> dict[str, Path]:
        """The reference manifests as they stand after this step: file → where it is on disk, in the order to apply.

        Each file is the newest among the solutions up to this step; the given files come from the starters.
        """
        found: dict[str, Path] = {}
        for step in self.steps:
            for file in step.given:
                found[file] = self.folders.starter / file
            for file in step.files:
                solution = self.folders.solutions / self.names[step.slug] / file
                if solution.is_file():
                    found[file] = solution
            if step.slug == slug:
                break
        return found

    def solution(self, slug: str) -> dict[str, Path]:
        """The reference of the files that this step itself is about; empty where it writes none."""
        step = self.step(slug)
        reference = self.reference(slug)
        return {file: reference[file] for file in (step.files if step else ()) if file in reference}


def load_course(course: Path | None = None) -> Course:
    """The course that comes with the tutor, or the one in the folder `course`.

    Raises: `CourseNotFound`, `CourseInvalid`.
    """
    return _Loader(locate(course)).load()


def unknown_rules(course: Course, rules: Mapping[str, Rule]) -> tuple[CourseError, ...]:
    """What the steps ask of the registry that it does not have: unknown rules, wrong parameters."""
    loader = _Loader(course.folders)
    for step in course.steps:
        rule_errors(step, rules, loader.reporter(course.folders.steps / course.names[step.slug] / "step.toml"))
    return tuple(sorted(loader.errors))


class _Loader:
    def __init__(self, folders: CourseFolders) -> None:
        self.folders = folders
        self.errors: list[CourseError] = []

    def load(self) -> Course:
        course_file = self.folders.steps / "course.toml"
        about = self._toml(course_file)
        report = self.reporter(course_file)
        for key in about.keys() - COURSE_KEYS:
            report((key,), f'unknown key "{key}"')
        for key in ("title", "about"):
            if not isinstance(about.get(key, ""), str):
                report((key,), f"{key} is a text")
        if about and about.get("format") != FORMAT:
            report(("format",), f"format is {FORMAT}: this tutor reads no other; found {about.get('format')!r}")
        texts = {key: self._named_text(about, key, report) for key in ("welcome", "cheatsheet")}
        steps, names = self._steps()
        if self.errors:
            raise CourseInvalid(self.errors)
        return Course(
            self.folders,
            about.get("title", ""),
            about.get("about", ""),
            texts["welcome"],
            texts["cheatsheet"],
            steps,
            names,
        )

    def reporter(self, file: Path) -> Report:
        """A function that notes a mistake in `file` at the line of a key. The lines are looked up when first needed."""
        lines: dict[TomlPath, int] | None = None

        def report(path: TomlPath, message: str) -> None:
            nonlocal lines
            if lines is None:
                try:
                    lines = toml_lines(file.read_text(encoding="utf-8"))
                except (OSError, UnicodeDecodeError):
                    lines = {}
            self._note(file, line_of(lines, path), message)

        return report

    def _note(self, file: Path, line: int, message: str) -> None:
        self.errors.append(CourseError(file.relative_to(self.folders.root).as_posix(), line, message))

    def _steps(self) -> tuple[tuple[Step, ...], dict[str, str]]:
        steps: list[Step] = []
        names: dict[str, str] = {}
        numbers: dict[int, str] = {}
        try:
            folders = sorted(entry for entry in self.folders.steps.iterdir() if entry.is_dir())
        except OSError as error:
            self._note(self.folders.steps, 1, f"this folder cannot be read ({error.strerror})")
            return (), {}
        for folder in folders:
            matched = FOLDER_NAME.fullmatch(folder.name)
            if matched is None:
                self._note(folder, 1, "a step's folder is named NN-slug: two digits, a dash, small letters")
                continue
            number, slug = int(matched[1]), matched[2]
            for taken, what in ((names.get(slug), f'slug "{slug}"'), (numbers.get(number), f"number {matched[1]}")):
                if taken:
                    self._note(folder / "step.toml", 1, f"the {what} is taken by {taken}")
            names[slug] = numbers[number] = folder.name
            data = self._toml(folder / "step.toml")
            notes = self._text(folder / INSTRUCTOR_FILE) if (folder / INSTRUCTOR_FILE).exists() else ""
            texts = Texts(self._text(folder / "text.md"), self._text(folder / "done.md"), notes)
            if data:
                steps.append(read_step(data, slug, number, texts, self.reporter(folder / "step.toml")))
        if not steps and not self.errors:
            self._note(
                self.folders.steps / "course.toml", 1, "the course has no step: a folder steps/01-slug/ is needed"
            )
        return tuple(sorted(steps, key=lambda step: step.number)), names

    def _toml(self, file: Path) -> dict[str, Any]:
        text = self._text(file)
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = _SYNTAX_PLACE.search(str(error))
            line = int(place[1]) if place and place[1] else text.count("\n") + 1
            self._note(file, line, _SYNTAX_PLACE.sub("", str(error)))
            return {}
        except RecursionError:
            self._note(file, 1, "this file is nested too deeply")
            return {}

    def _text(self, file: Path) -> str:
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            self._note(file, 1, "this file is missing")
            return ""
        except (OSError, UnicodeDecodeError) as error:
            self._note(file, 1, f"this file cannot be read ({error})")
            return ""
        if not text.strip():
            self._note(file, 1, "this file is empty")
        return text

    def _named_text(self, about: Mapping[str, Any], key: str, report: Report) -> str:
        name = about.get(key)
        if name is None:
            return ""
        if not isinstance(name, str) or "/" in name or "\\" in name or not name.endswith(".md"):
            report((key,), f"{key} names a Markdown file beside course.toml, such as {key}.md")
            return ""
        return self._text(self.folders.steps / name)
