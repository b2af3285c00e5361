"""Where the parts of the gate write down what they find."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tutor.content.loader import Course
from tutor.content.read_file import read_bytes
from tutor.content.schema import CourseError
from tutor.content.toml_lines import Path as TomlPath
from tutor.content.toml_lines import line_of, toml_lines
from tutor.core.step import Step


def text_of(path: Path) -> str:
    """A course file as text, whatever it is; "" where it cannot be read at all, which the part on files tells."""
    return read_bytes(path)[1].decode("utf-8", "replace")


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
        self.file(file, line_of(toml_lines(text_of(file)), path), message)

    def folder(self, step: Step) -> Path:
        return self.course.folders.steps / self.course.names[step.slug]
