"""The lesson: what a screen draws and what it may ask. One mutable state, replaced whole in `view`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tutor.checks.evaluate import Evaluation, StepVerdict
from tutor.content.file_events import Events
from tutor.content.file_watch import watch_files
from tutor.core import progress
from tutor.core.step import Step
from tutor.core.timeline import CommandRun, FileSaved, StepMoved, Timeline
from tutor.kube.times import Clock, SystemClock
from tutor.lesson.actions import Actor, confirmation, preview, refusal
from tutor.lesson.assembling import Assembly
from tutor.lesson.connecting import Link
from tutor.lesson.hints import open_hint
from tutor.lesson.instructor.instructing import Instructor
from tutor.lesson.judging import Judge
from tutor.lesson.news import happened, shows_same
from tutor.lesson.session import Session
from tutor.lesson.standing import Basis, by_what_happened, fails_by_files_alone
from tutor.lesson.view import (
    ActionResult,
    CourseTexts,
    LessonView,
)

FRAME = 0.05
"""Seconds that changes are gathered before the view is replaced."""
SETTLE = 0.15
"""Seconds between two judgements of the step."""
REFRESH = 1.0
"""Seconds between two looks for progress that another process saved, and between two judgements of what is not right
though nothing changed."""


class Lesson:
    """Implements `LessonPort`."""

    def __init__(
        self,
        session: Session,
        link: Link,
        clock: Clock | None = None,
        events: Callable[[], Events | None] = lambda: None,
    ) -> None:
        """`events`: who tells, while the lesson runs, that files may have changed; nobody: they are looked at often."""
        self._events = events
        self._session = session
        self._link = link
        self._clock = clock or SystemClock()
        self._judge = Judge(session)
        self._evaluations: dict[str, Evaluation] = {}
        self._checked_at: dict[str, float] = {}
        self._bases: dict[str, Basis] = {}
        """What the step's evaluation was made from."""
        self._passed_here = ""
        """The step that passed while the learner was with it, until they leave it."""
        self._confirmed: set[str] = set()
        self._woken = asyncio.Event()
        self._judge_again = asyncio.Event()
        self._judging = asyncio.Lock()
        self._news = asyncio.Condition()
        self._instructor = Instructor(
            session, lambda: link.live, self._clock, lambda: link.connection.message, self._instructor_did
        )
        self._first_time = not session.progress.current
        slugs = [step.slug for step in session.course.steps]
        current = session.progress.resume(slugs)
        self._assembly = Assembly(session, link, self._evaluations, self._checked_at)
        self._view = self._assembly.first(current)
        self._said: tuple[LessonView, object] = (self._view, None)
        """The view that was published last, with what was new in the timeline."""
        self._enter(current)

    # What a screen reads.

    @property
    def view(self) -> LessonView:
        return self._view

    @property
    def timeline(self) -> Timeline:
        return self._link.timeline

    @property
    def texts(self) -> CourseTexts:
        course = self._session.course
        return CourseTexts(course.title, course.about, course.welcome, course.cheatsheet)

    @property
    def first_time(self) -> bool:
        return self._first_time

    @property
    def instructor(self) -> Instructor:
        return self._instructor

    @property
    def instructing(self) -> bool:
        return self._session.settings.instructor

    def path_of(self, file: str) -> Path:
        return (self._session.workspace.folder / file).absolute()

    def now(self) -> float:
        return self._clock.now()

    async def changed(self, seen_version: int) -> LessonView:
        async with self._news:
            await self._news.wait_for(lambda: self._view.version > seen_version)
            return self._view

    # Background work.

    async def run(self) -> None:
        """Follow cluster and files, and judge the current step when anything changed. Ends when cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run(self._wake))
            tasks.create_task(self._follow_files())
            tasks.create_task(self._publish_changes())
            tasks.create_task(self._judge_changes())
            tasks.create_task(self._refresh())

    def _wake(self) -> None:
        self._woken.set()

    async def _follow_files(self) -> None:
        known = [file for step in self._session.course.steps for file in (*step.files, *step.given)]
        async for saved in watch_files(self._session.workspace, known, self._clock, self._worked_on, self._events()):
            self.timeline.append(FileSaved(self.now(), saved.path, saved.digest))
            self._wake()

    def _worked_on(self) -> tuple[str, ...]:
        """The files whose saving should show at once, also where the step passes: it may be broken again."""
        return self._step.files

    async def _publish_changes(self) -> None:
        """The pods are drawn at once; judging them may have to wait for an answer of the application."""
        self._wake()
        while True:
            await self._woken.wait()
            self._woken.clear()
            self._judge_again.set()
            await self._publish()
            await self._clock.sleep(FRAME)

    async def _judge_changes(self) -> None:
        while True:
            await self._judge_again.wait()
            self._judge_again.clear()
            if not self._stands():
                await self._judge_current(afresh=False)
                await self._clock.sleep(SETTLE)

    async def _refresh(self) -> None:
        while True:
            await self._clock.sleep(REFRESH)
            if self._session.refresh():
                self._wake()
            if self._link.live is not None and self._may_mend_by_itself(self._step):
                # A program that was starting answers some time later, a pod stays up: nobody tells.
                self._judge_again.set()

    def _may_mend_by_itself(self, step: Step) -> bool:
        evaluation = self._evaluations.get(step.slug)
        if evaluation is None:
            return True
        return evaluation.verdict is not StepVerdict.PASSED and not fails_by_files_alone(evaluation, self._judge.rules)

    def _passes(self, step: Step) -> bool:
        evaluation = self._evaluations.get(step.slug)
        return evaluation is not None and evaluation.verdict is StepVerdict.PASSED

    def _stands(self) -> bool:
        """Whether judging the current step again would say what was said: where it passes and nothing changed."""
        step = self._step
        if not self._passes(step) or by_what_happened(step) or not self._session.progress.passed(step.slug):
            return False
        return self._basis(step).is_that_of(self._bases[step.slug])

    def _basis(self, step: Step) -> Basis:
        return Basis.of(self._session, step, self._link.live, self._link.connection.message)

    async def _judge_current(self, *, afresh: bool) -> None:
        async with self._judging:
            await self._judge_step(self._step, afresh=afresh)
        await self._publish()

    async def _judge_step(self, step: Step, *, afresh: bool) -> None:
        live, basis = self._link.live, self._basis(step)
        if live is None:
            evaluation = self._judge.offline(step, self.now(), why=self._link.connection.message, only_files=False)
        else:
            evaluation = await self._judge.judge(step, live, self.timeline, self.now(), afresh=afresh)
        self._evaluations[step.slug], self._bases[step.slug] = evaluation, basis
        self._checked_at[step.slug] = self.now()
        if evaluation.verdict is not StepVerdict.PASSED:
            return
        if not self._session.progress.passed(step.slug):
            self._session.passed(step, self.now(), evaluation)
            self.timeline.append(StepMoved(self.now(), step.slug, "passed"))
            self._passed_here = step.slug
        elif self._passed_here == step.slug and by_what_happened(step):
            # A call that was on its way, or one more crash: what is kept is what was told last.
            self._session.renewed(step, evaluation)

    # What a screen asks.

    async def check(self) -> LessonView:
        self._view = replace(self._view, checking=True)
        await self._publish()
        slug = self._step.slug
        try:
            await self._judge_current(afresh=True)
        finally:
            self._view = replace(self._view, checking=False)
        if slug in self._evaluations and self._evaluations[slug].verdict is not StepVerdict.PASSED:
            self._session.change(lambda p: progress.tried(p, slug))
        await self._publish()
        return self._view

    async def go_to(self, slug: str) -> None:
        if self._session.course.step(slug) is None:
            return
        self._enter(slug)
        await self._publish()
        self._wake()

    async def next_step(self) -> None:
        await self._move(+1)

    async def previous_step(self) -> None:
        await self._move(-1)

    async def more_hint(self, task: str = "") -> None:
        step = self._step
        open_hint(self._session, step, evaluation=self._evaluations.get(step.slug), task_id=task)
        await self._publish()

    async def write_starters(self, paths: tuple[str, ...]) -> ActionResult:
        done = self._session.workspace.write_starters(paths)
        said = [f"{file} was written." for file in done.written]
        said += [f"{file} exists already and was left as it is." for file in done.kept]
        said += [f"{file} was not written: {why}." for file, why in done.failed]
        self._wake()
        await self._publish()
        return ActionResult(not done.failed, "", "\n".join(said) or "Nothing was missing.")

    def preview(self, action: str) -> str:
        return preview(action, self._step, self._link.target, self._session.manifests(self._step))

    def needs_confirmation(self, action: str) -> str:
        target = self._link.target
        if target is None or refusal(target) or (target.context in self._confirmed):
            return ""
        return confirmation(target, action)

    async def act(self, action: str) -> ActionResult:
        live, target = self._link.live, self._link.target
        if live is None or target is None or live.lost:
            why = (live.lost if live else "") or self._link.connection.message
            return ActionResult(False, self.preview(action), f"There is no cluster to act on: {why}")
        result = await Actor(live.cluster, self._session.manifests, live.crash).act(action, self._step)
        if result.ok:
            self._confirmed.add(target.context)
            self.timeline.append(CommandRun(self.now(), result.command))
        self._wake()
        return result

    async def _instructor_did(self, result: ActionResult) -> None:
        self.timeline.append(CommandRun(self.now(), result.command))
        # A stage, or what was before it, may belong to another step.
        self._enter(self._session.progress.resume(step.slug for step in self._view.steps))
        await self._publish()
        self._wake()

    async def set_traffic(self, running: bool) -> None:
        await self._link.set_traffic(running)
        await self._publish()

    async def set_rate(self, rate: float) -> None:
        """Calls a second of the version poll, 1 to 10."""
        self._link.set_rate(rate)
        await self._publish()

    # The state on the screen.

    @property
    def _step(self) -> Step:
        return self._session.step(self._view.current)

    def _enter(self, slug: str) -> None:
        now = self.now()
        self._passed_here = ""
        new = self._session.progress.of(slug).begun_at is None
        self._session.change(lambda p: progress.begun(p, slug, now))
        if new:
            self.timeline.append(StepMoved(now, slug, "begun"))
        self._view = self._assembly.again(replace(self._view, current=slug))

    async def _move(self, by: int) -> None:
        slugs = [step.slug for step in self._view.steps]
        at = slugs.index(self._view.current) + by
        if 0 <= at < len(slugs):
            await self.go_to(slugs[at])

    async def _publish(self) -> None:
        """Replace the view where anything differs: each new one is drawn."""
        drawn, news = self._assembly.again(self._view), happened(self.timeline, self.now())
        if news == self._said[1] and shows_same(drawn, self._said[0]):
            return
        self._view = drawn
        self._said = (drawn, news)
        async with self._news:
            self._news.notify_all()
