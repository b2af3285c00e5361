"""A step of the course as data: what the learner reads, does, and is checked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckRef:
    """A use of a rule of the registry in a step."""

    rule: str
    params: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Ids of checks of the same step that must pass first; else this one is skipped."""
    id: str = ""
    """Unique within the step; the rule's name where the step gives none."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do in a step, with three hints: a question, the concept with its page, the fields to write."""

    id: str
    title: str
    hints: tuple[str, str, str]
    checks: tuple[CheckRef, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A folder `steps/NN-slug/`, loaded and validated."""

    slug: str
    number: int
    title: str
    text: str
    """Markdown: the introduction and the tasks."""
    files: tuple[str, ...]
    """The learner's files that this step is about, relative to the workspace, in the order to apply them."""
    tasks: tuple[Task, ...]
    action: str = ""
    """What the app's act key does here: "", "crash" or "roll:IMAGE"."""
    given: tuple[str, ...] = ()
    """Files that are handed out complete and applied with the step (the database)."""
    docs: str = ""
    """URL of the page of the Kubernetes documentation to read first."""
    done: str = ""
    """Markdown shown after the step is passed: what was seen and why."""
    bonus: bool = False
    notes: str = ""
    """Markdown for the instructor: why each field, mistakes to expect. Never shown to learners."""

    @property
    def checks(self) -> tuple[CheckRef, ...]:
        return tuple(check for task in self.tasks for check in task.checks)
