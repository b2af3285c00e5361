"""How far a learner is, keyed by step slug, and the pure transitions between such states.

Times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of one learner."""

    begun_at: float | None = None
    """When the step was first on the screen: edges before it do not count. None: never."""
    passed_at: float | None = None
    """When it first passed. Stays, also where something is lost again later."""
    evidence: tuple[str, ...] = ()
    """What the checks saw when it passed, or later while the learner stayed with it, a sentence each."""
    hints: Mapping[str, int] = field(default_factory=dict)
    """Id of a task → how many of its hints were opened (1 to 3)."""
    attempts: int = 0
    """How often the learner asked for a check and something was still to do."""

    @property
    def passed(self) -> bool:
        return self.passed_at is not None

    @property
    def hints_used(self) -> int:
        return sum(self.hints.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps that the learner has met. A slug that the course no longer has is kept: it may come back."""

    steps: Mapping[str, StepProgress] = field(default_factory=dict)
    current: str = ""
    """Slug of the step that was last on the screen; empty before the first."""

    def of(self, slug: str) -> StepProgress:
        return self.steps.get(slug, StepProgress())

    def passed(self, slug: str) -> bool:
        return self.of(slug).passed

    def resume(self, slugs: Iterable[str]) -> str:
        """Where to go on: the current step where the course has it, else the first that is not passed."""
        known = list(slugs)
        if self.current in known:
            return self.current
        return next((slug for slug in known if not self.passed(slug)), known[-1] if known else "")


def begun(progress: Progress, slug: str, at: float) -> Progress:
    """The step came on the screen. Its beginning is kept when it is visited again."""
    step = progress.of(slug)
    if step.begun_at is None:
        step = replace(step, begun_at=at)
    return replace(_with(progress, slug, step), current=slug)


def passed(progress: Progress, slug: str, at: float, evidence: Iterable[str]) -> Progress:
    """The step passed with this evidence. The first time counts."""
    step = progress.of(slug)
    if step.passed:
        return progress
    begun_at = at if step.begun_at is None else step.begun_at
    return _with(progress, slug, replace(step, begun_at=begun_at, passed_at=at, evidence=tuple(evidence)))


def renewed(progress: Progress, slug: str, evidence: Iterable[str]) -> Progress:
    """What the checks see of a step that passed, some time later: the same happening, or one more. When it first
    passed stays."""
    step = progress.of(slug)
    return _with(progress, slug, replace(step, evidence=tuple(evidence))) if step.passed else progress


def tried(progress: Progress, slug: str) -> Progress:
    """A check was asked for and the step did not pass."""
    step = progress.of(slug)
    return _with(progress, slug, replace(step, attempts=step.attempts + 1))


def hint_shown(progress: Progress, slug: str, task: str, tier: int) -> Progress:
    """Hint `tier` (1 to 3) of a task was opened. Opening an earlier one again changes nothing."""
    step = progress.of(slug)
    if step.hints.get(task, 0) >= tier:
        return progress
    return _with(progress, slug, replace(step, hints=MappingProxyType({**step.hints, task: tier})))


def restarted(progress: Progress, slug: str, at: float) -> Progress:
    """The step begins anew, as after `reset`: what was passed and seen is forgotten, opened hints are not."""
    step = StepProgress(begun_at=at, hints=progress.of(slug).hints)
    return _with(progress, slug, step)


def _with(progress: Progress, slug: str, step: StepProgress) -> Progress:
    return replace(progress, steps=MappingProxyType({**progress.steps, slug: step}))
