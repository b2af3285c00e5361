"""Where the parts of the gate write down what they find."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tutor.content.loader import Course
from tutor.content.schema import CourseError
from tutor.content.toml_lines import Path as TomlPath
from tutor.content.toml_lines import line_of, toml_lines
from tutor.core.step import Step


class Notes:
    def __init__(self, course: Course) -> None:
        self.course = course
        self.errors: list[CourseError] = []
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def add_all(self, errors: Iterable[CourseError]) -> None:
        self.errors.extend(errors)

    def file(self, path: Path, line: int, message: str) -> None:
        """A mistake in any file of the course."""
        self.errors.append(CourseError(path.relative_to(self.course.folders.root).as_posix(), line, message))

    def step(self, step: Step, path: TomlPath, message: str) -> None:
        """A mistake in a step.toml, at a key of it."""
        file = self.folder(step) / "step.toml"
        self.file(file, line_of(toml_lines(file.read_text(encoding="utf-8")), path), message)

    def folder(self, step: Step) -> Path:
        return self.course.folders.steps / self.course.names[step.slug]
