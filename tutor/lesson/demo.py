"""The tutor plays the course by itself: writes the references, applies, crashes, rolls, and waits for each check."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from tutor.content.atomic import replace_file
from tutor.core.step import Step
from tutor.core.timeline import Answered
from tutor.kube.times import Clock
from tutor.lesson.lesson import Lesson
from tutor.lesson.session import Session

LONGEST = 120.0
"""Seconds that a step may take from the act to green."""
LOOK = 0.2
"""Seconds between two looks while waiting for the stage of an act."""


@dataclass(frozen=True, slots=True)
class Played:
    """One line of the play."""

    step: str
    what: str
    """"red", "did", "green" or "failed"."""
    text: str
    at: float
    """Seconds since the play began."""


class Demo:
    """Plays steps on one lesson whose workspace may be overwritten: it is the demo's own."""

    def __init__(self, lesson: Lesson, session: Session, clock: Clock, pause: float = 0.0) -> None:
        self._lesson = lesson
        self._session = session
        self._clock = clock
        self._pause = pause
        """Seconds between a step's text and the act, for those who watch."""
        self._begun = clock.now()

    async def play(self, steps: tuple[Step, ...]) -> AsyncIterator[Played]:
        """Each step: red before the act, the acts, green after. Stops at the first that fails."""
        for step in steps:
            await self._lesson.go_to(step.slug)
            before = await self._lesson.check()
            if before.verdict == "passed":
                yield self._said(step, "failed", "green before anything was done")
                return
            todo = next((f.message for f in before.findings if f.blocks), "nothing was done yet")
            yield self._said(step, "red", todo)
            await self._clock.sleep(self._pause)
            for act in self._acts(step):
                done = await act()
                if done is None:
                    continue
                ok, text = done
                yield self._said(step, "did" if ok else "failed", text)
                if not ok:
                    return
            seen = await self._until_green(step)
            yield seen
            if seen.what != "green":
                return
            await self._clock.sleep(self._pause)

    def _acts(self, step: Step) -> list[Callable[[], asyncio.Future[tuple[bool, str] | None]]]:
        acts: list[Callable[[], object]] = []
        if step.files:
            acts += [lambda: self._write(step)]
        if step.files or step.given:
            acts += [lambda: self._act("apply")]
        if step.action:
            acts += [lambda: self._stage(step), lambda: self._act(step.action)]
        return acts  # type: ignore[return-value]

    async def _write(self, step: Step) -> tuple[bool, str]:
        for file, reference in self._session.course.solution(step.slug).items():
            replace_file(self._session.workspace.path(file), reference.read_bytes())
        return True, f"wrote {', '.join(step.files)}"

    async def _act(self, action: str) -> tuple[bool, str]:
        result = await self._lesson.act(action)
        first = result.message.splitlines()[0] if result.message else ""
        return result.ok, f"{result.command}  →  {first}"

    async def _stage(self, step: Step) -> None:
        """Wait until there is something to see: every pod that is wanted is ready and its versions are answered."""
        until = self._clock.now() + LONGEST
        while self._clock.now() < until and not self._set(step):
            await self._clock.sleep(LOOK)

    def _set(self, step: Step) -> bool:
        snapshot = self._lesson.view.snapshot
        deployment = snapshot.get("Deployment", "user-deployment") if snapshot else None
        if deployment is None:
            return False
        status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
        settled = (
            status.get("observedGeneration") == deployment["metadata"].get("generation")
            and status.get("updatedReplicas") == status.get("readyReplicas") == status.get("replicas") == wanted
        )
        since = self._session.progress.of(step.slug).begun_at or 0.0
        answers = [answer for answer in self._lesson.timeline.of(Answered, since) if not answer.error]
        return settled and len(answers) >= 3

    async def _until_green(self, step: Step) -> Played:
        until = self._clock.now() + LONGEST
        view = self._lesson.view
        while self._clock.now() < until:
            if view.current == step.slug and view.verdict == "passed":
                last = [finding.message for finding in view.findings][-1:]
                return self._said(step, "green", last[0] if last else "passed")
            try:
                async with asyncio.timeout(1.0):
                    view = await self._lesson.changed(view.version)
            except TimeoutError:
                view = self._lesson.view
        open_ones = "; ".join(f.message for f in view.findings if f.blocks)
        return self._said(step, "failed", f"not green after {LONGEST:.0f} s: {open_ones}")

    def _said(self, step: Step, what: str, text: str) -> Played:
        return Played(step.slug, what, text, self._clock.now() - self._begun)
