"""Where the course is: packaged in the wheel, at the root of the repository, or in a folder that was named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class CourseNotFound(Exception):
    """No course where one was expected; the text says where it was looked for and what to do."""


@dataclass(frozen=True, slots=True)
class CourseFolders:
    """A course on disk: `steps/NN-slug/`, `starter/kube/…`, `solutions/NN-slug/kube/…` under one root."""

    root: Path

    @property
    def steps(self) -> Path:
        return self.root / "steps"

    @property
    def starter(self) -> Path:
        return self.root / "starter"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"


def locate(course: Path | None = None) -> CourseFolders:
    """The course in the folder `course`, or the one that comes with the tutor.

    Raises: `CourseNotFound`.
    """
    if course is not None:
        if not (course / "steps").is_dir():
            raise CourseNotFound(f"{course} holds no course: a folder named steps was expected in it.")
        return CourseFolders(course.resolve())
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_course", package.parent):
        # The wheel carries the course inside the package; a checkout has it beside the package.
        if (root / "steps").is_dir() and (root / "starter").is_dir():
            return CourseFolders(root)
    raise CourseNotFound(
        f"The course is missing from this installation (looked beside {package}). Install homics-tutor again."
    )
