"""`homics-tutor check`: one verdict of one step, at once or within a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.checks.evaluate import Evaluation, StepVerdict
from tutor.checks.registry import Level, rules
from tutor.core import progress
from tutor.core.step import Step
from tutor.core.timeline import Answered
from tutor.kube.times import Clock, SystemClock
from tutor.lesson.judging import Judge
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings

if TYPE_CHECKING:
    from tutor.lesson.following import Following

FIRST_ANSWER = 2.0
"""Seconds to wait for the first answer of the application, or for the record of another tutor that polls."""
LOOK = 0.05
AGAIN = 1.0
"""Seconds between two looks while waiting, where nothing changed before."""


def _no_word(_: str) -> None:
    """Tells nobody."""


def check_files(
    settings: Settings, slug: str | None, *, wait: float, tell: Callable[[str], object] = _no_word
) -> Evaluation:
    """The verdict of the files alone now, or the first "passed" within `wait` seconds, or the last verdict then.

    Blocks, and loads no asyncio, which would be a tenth of the command's time. `tell` is called with what the learner
    should know beside the findings, such as that progress cannot be saved.
    Raises: `Problem` where there is no such step or no workspace, or nothing of the step is in its files.
    """
    session, step, clock = _begun(settings, slug)
    judge, until = Judge(session), clock.now() + wait
    evaluation = judge.offline(step, clock.now())
    if not evaluation.results:
        raise Problem(
            f"{step.slug} is about what happens in a cluster: none of it can be checked from files alone. Leave out"
            " --offline."
        )
    while evaluation.verdict is not StepVerdict.PASSED and (left := until - clock.now()) > 0:
        time.sleep(min(AGAIN, left))
        evaluation = judge.offline(step, clock.now())
    _tell_all(session, tell)
    return evaluation


async def check_live(
    settings: Settings, slug: str | None, *, wait: float, tell: Callable[[str], object] = _no_word
) -> Evaluation:
    """Likewise with the cluster. Why no cluster was asked is in the findings where the files are right, and told
    where they are not. Raises: `Problem` where there is no such step or no workspace."""
    session, step, clock = _begun(settings, slug)
    from tutor.lesson.following import following

    try:
        async with following(session, clock) as live:
            await _first_answer(step, live, clock)
            evaluation = await _waiting_live(session, step, clock, wait, live)
    except Problem as problem:
        evaluation = Judge(session).offline(step, clock.now(), why=str(problem), only_files=False)
        if not any(str(problem) in finding.message for finding in evaluation.findings):
            tell(f"The cluster was not asked. {problem}")
    _tell_all(session, tell)
    return evaluation


def _tell_all(session: Session, tell: Callable[[str], object]) -> None:
    for message in session.messages:
        tell(message)


def _begun(settings: Settings, slug: str | None) -> tuple[Session, Step, SystemClock]:
    session = open_session(settings)
    step = session.step(slug)
    clock = SystemClock()
    session.change(lambda p: progress.begun(p, step.slug, clock.now()))
    return session, step, clock


async def _first_answer(step: Step, live: Following, clock: Clock) -> None:
    """A step that is judged by what the application answers needs one answer at least, and what another tutor saw
    just now."""
    known = rules()
    if not any(check.rule in known and known[check.rule].level is Level.BEHAVIOUR for check in step.checks):
        return
    began = clock.now()
    while clock.now() < began + FIRST_ANSWER and not live.lost and not live.timeline.of(Answered, began):
        await clock.sleep(LOOK)


async def _waiting_live(session: Session, step: Step, clock: Clock, wait: float, live: Following) -> Evaluation:
    import asyncio

    judge, until = Judge(session), clock.now() + wait
    while True:
        seen = live.version
        evaluation = await judge.judge(step, live, live.timeline, clock.now(), afresh=False)
        now = clock.now()
        if evaluation.verdict is StepVerdict.PASSED:
            session.passed(step, now, evaluation)
            return evaluation
        if now >= until:
            session.change(lambda p: progress.tried(p, step.slug))
            return evaluation
        try:
            async with asyncio.timeout(min(AGAIN, until - now)):
                await live.changed(seen)
        except TimeoutError:
            continue  # nothing changed: the files may have
