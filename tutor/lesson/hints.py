"""Which hint comes next: of the task whose check failed first, the first tier that was not opened."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.checks.evaluate import Evaluation
from tutor.core import progress
from tutor.core.finding import Verdict
from tutor.core.step import Step, Task
from tutor.lesson.session import Session

TIERS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    task: Task
    tier: int
    """1 to 3."""
    text: str


def task_at_hand(step: Step, evaluation: Evaluation | None) -> Task:
    """The first task with a failing check, else the first that did not pass, else the first."""
    if evaluation is not None:
        for wanted in (Verdict.FAILED, Verdict.UNKNOWN, Verdict.SKIPPED):
            for result in evaluation.results:
                if result.verdict is wanted:
                    return next(task for task in step.tasks if task.id == result.task)
    return step.tasks[0]


def open_hint(
    session: Session, step: Step, tier: int | None = None, evaluation: Evaluation | None = None, task_id: str = ""
) -> Hint:
    """Open the next hint of the task at hand (or of `task_id`, or tier `tier`) and remember it.

    Without an evaluation the files alone tell which task is at hand.
    """
    named = next((task for task in step.tasks if task.id == task_id), None)
    if named is None and evaluation is None:
        from tutor.lesson.judging import Judge

        evaluation = Judge(session).offline(step, 0.0)
    task = named or task_at_hand(step, evaluation)
    opened = session.progress.of(step.slug).hints.get(task.id, 0)
    chosen = tier or min(opened + 1, TIERS)
    session.change(lambda p: progress.hint_shown(p, step.slug, task.id, chosen))
    return Hint(task, chosen, task.hints[chosen - 1])


def opened_hints(session: Session, step: Step, evaluation: Evaluation | None) -> tuple[Task, tuple[str, ...]]:
    """The task at hand and those of its hints that are open."""
    task = task_at_hand(step, evaluation)
    count = session.progress.of(step.slug).hints.get(task.id, 0)
    return task, task.hints[:count]
