"""The tutor plays the course by itself: writes the references, applies, crashes, rolls, and waits for each check.

It uses the lesson as a learner's screen does; what turns green is what a learner would see turn green.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from tutor.cluster.connect import answers
from tutor.cluster.errors import ClusterError, Invalid
from tutor.cluster.locality import address_of
from tutor.cluster.traffic import VERSION_PATH
from tutor.content.atomic import replace_file
from tutor.content.reset import put
from tutor.content.stage_backups import StageBackups
from tutor.core.finding import Severity, Verdict
from tutor.core.manifest import parse_manifest
from tutor.core.step import Step
from tutor.core.timeline import Answered
from tutor.kube.times import Clock
from tutor.lesson.actions import DEPLOYMENT, SERVICE, SERVICE_PORT
from tutor.lesson.demo_room import Room
from tutor.lesson.instructor.exact import TAKEN
from tutor.lesson.instructor.staging import Stage, settled
from tutor.lesson.view import Connection, LessonView

LONGEST = 120.0
"""Seconds that a step may take from the act to green."""
CONNECT_WITHIN = 30.0
LOOK = 0.1
"""Seconds between two looks while waiting for the moment of an act."""
ANSWERS = 3
"""Calls that must have been answered before a crash or a rollout: else nobody sees the difference."""
AUTOSCALER = "autoscaler-acts"
"""The rule that needs load to be seen."""
CALLERS = 4
"""That call side by side to make it."""
_NODE_PORT = re.compile(r"^[ \t]*nodePort:.*\n", re.MULTILINE)

What = Literal["red", "did", "check", "green", "failed"]


@dataclass(frozen=True, slots=True)
class Played:
    """One line of the play."""

    step: str
    what: What
    """"red": not yet, before the act. "did": an act. "check": one check that is green. "green": the step is."""
    text: str
    at: float
    """Seconds since the play began."""
    rule: str = ""
    """Of a check."""


class Demo:
    """Plays steps in one room. The lesson has to run meanwhile (`Lesson.run`, by the screen or the caller)."""

    def __init__(self, room: Room, clock: Clock, pause: float = 0.0) -> None:
        self._room = room
        self._lesson = room.lesson
        self._session = room.session
        self._clock = clock
        self._pause = pause
        """Seconds between what is read and what is done, for those who watch."""
        self._begun = clock.now()

    async def play(self, steps: tuple[Step, ...]) -> AsyncIterator[Played]:
        """Each step: red before the act, the acts, each check as it is green after. Stops at the first that fails."""
        if steps and (away := await self._connected()):
            yield self._said(steps[0], "failed", away)
            return
        for step in steps:
            await self._lesson.go_to(step.slug)
            before = await self._lesson.check()
            if before.verdict != "not-yet":
                blocked = next((f.message for f in before.findings if f.blocks), "")
                why = "green before anything was done" if before.verdict == "passed" else blocked
                yield self._said(step, "failed", why)
                return
            todo = next((f.message for f in before.findings if f.blocks), "nothing was done yet")
            yield self._said(step, "red", todo)
            await self._clock.sleep(self._pause)
            for act in self._acts(step):
                ok, text = await act()
                if text:
                    yield self._said(step, "did" if ok else "failed", text)
                if not ok:
                    return
            async with self._load(step):
                async for line in self._until_green(step):
                    yield line
                    if line.what == "failed":
                        return
            await self._clock.sleep(self._pause)

    async def set_stage(self, step: Step) -> AsyncIterator[Played]:
        """The room as it is before a step, for playing that one alone."""
        course = self._session.course
        stage = Stage(self._room.cluster, course, StageBackups(self._session.state), self._clock)
        index = course.steps.index(step)
        if index:
            put(self._session.workspace, self._session.state, course.reference(course.steps[index - 1].slug))
        async for line in stage.set(step.slug, {}, node_ports=False):
            if not line.ok:
                yield self._said(step, "failed", line.text)
                return
            yield self._said(step, "did", line.text)

    async def _connected(self) -> str:
        """Wait for the lesson's cluster; why there is none in the end, or ""."""
        until = self._clock.now() + CONNECT_WITHIN
        while self._lesson.view.connection.state is not Connection.CONNECTED:
            if self._clock.now() >= until:
                return self._lesson.view.connection.message or "The cluster does not answer."
            await self._clock.sleep(LOOK)
        return ""

    def _acts(self, step: Step) -> list[Callable[[], Awaitable[tuple[bool, str]]]]:
        acts: list[Callable[[], Awaitable[tuple[bool, str]]]] = []
        if step.action and self._deployed():
            # What is applied now rolls out at once: there has to be an answer before it.
            acts.append(lambda: self._moment(step))
        if step.files:
            acts.append(lambda: self._write(step))
        if step.files or step.given:
            acts.append(lambda: self._act("apply"))
        if step.action:
            acts += [lambda: self._moment(step), lambda: self._act(step.action)]
        return acts

    async def _write(self, step: Step) -> tuple[bool, str]:
        """Type the references into the workspace's files, a line at a time where somebody watches."""
        sources = {file: self._session.course.starter(file) for file in step.given}
        sources |= self._session.course.solution(step.slug)
        written = []
        for file, source in sources.items():
            try:
                text = await self._free_of_taken_ports(file, source.read_text(encoding="utf-8"))
                path = self._session.workspace.path(file)
                lines = text.splitlines(keepends=True)
                for end in range(1, len(lines) + 1) if self._pause and file in step.files else (len(lines),):
                    replace_file(path, "".join(lines[:end]).encode())
                    await self._clock.sleep(self._pause / len(lines))
            except OSError as error:
                return False, f"{file} cannot be written ({error.strerror or error})"
            written.append(file)
        return True, f"wrote {', '.join(written)}"

    async def _free_of_taken_ports(self, file: str, text: str) -> str:
        """Without its nodePort where that is taken, by another namespace or, on this machine, by another program."""
        for document in parse_manifest(file, text.encode()).documents:
            if document.kind != "Service":
                continue
            ports = document.get("spec", "ports", default=[])
            numbers = [port["nodePort"] for port in ports if isinstance(port, dict) and port.get("nodePort")]
            for number in numbers:
                if await self._is_busy(number):
                    return _NODE_PORT.sub("", text)
            try:
                await self._room.cluster.apply(dict(document.value), dry_run=True)
            except Invalid as error:
                if TAKEN in str(error):
                    return _NODE_PORT.sub("", text)
            except ClusterError:
                # The apply that follows says why.
                return text
        return text

    async def _is_busy(self, port: int) -> bool:
        """Whether something else answers at a nodePort of a cluster that opens them on this machine."""
        if address_of(self._room.target.server)[0] not in ("127.0.0.1", "localhost"):
            return False
        return await asyncio.to_thread(answers, f"http://127.0.0.1:{port}")

    async def _act(self, action: str) -> tuple[bool, str]:
        result = await self._lesson.act(action)
        said = result.message.splitlines()
        return result.ok, f"$ {result.command}  →  {said[0] if said else 'done'}"

    async def _moment(self, step: Step) -> tuple[bool, str]:
        """Wait until there is something to see: every pod that is wanted is ready, and versions are answered."""
        until = self._clock.now() + LONGEST
        while not await self._ready_for_it(step):
            if self._clock.now() >= until:
                return False, f"{DEPLOYMENT} was not ready with answers within {LONGEST:.0f} s"
            await self._clock.sleep(LOOK)
        await self._clock.sleep(self._pause)
        return True, ""

    async def _ready_for_it(self, step: Step) -> bool:
        try:
            # Asked afresh: what the lesson saw last may be older than the apply before.
            deployment = await self._room.cluster.get("Deployment", DEPLOYMENT)
        except ClusterError:
            return False
        if not settled(deployment) or deployment is None or self._endpoints() < deployment["spec"].get("replicas", 1):
            return False
        since = self._session.progress.of(step.slug).begun_at or 0.0
        last = self._lesson.timeline.of(Answered, since)[-ANSWERS:]
        return len(last) == ANSWERS and not any(answer.error for answer in last)

    def _endpoints(self) -> int:
        """Ready endpoints of the Service user, as the lesson saw them last. They follow the pods within a moment."""
        snapshot = self._lesson.view.snapshot
        slices = snapshot.list("EndpointSlice") if snapshot else ()
        return sum(
            (endpoint.get("conditions") or {}).get("ready") is not False
            for found in slices
            if (found["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == SERVICE
            for endpoint in found.get("endpoints") or []
        )

    def _deployed(self) -> bool:
        snapshot = self._lesson.view.snapshot
        return snapshot is not None and snapshot.get("Deployment", DEPLOYMENT) is not None

    @asynccontextmanager
    async def _load(self, step: Step) -> AsyncIterator[None]:
        """Calls without a pause while the block lasts, for a step that wants to see an autoscaler act."""
        if all(check.rule != AUTOSCALER for check in step.checks):
            yield
            return
        callers = [asyncio.create_task(self._call_again_and_again()) for _ in range(CALLERS)]
        try:
            yield
        finally:
            for caller in callers:
                caller.cancel()
            await asyncio.gather(*callers, return_exceptions=True)

    async def _call_again_and_again(self) -> None:
        while True:
            try:
                await self._room.cluster.proxy(SERVICE, SERVICE_PORT, VERSION_PATH)
            except ClusterError:
                # What keeps the calls from arriving is what the step's checks tell.
                await self._clock.sleep(LOOK)

    async def _until_green(self, step: Step) -> AsyncIterator[Played]:
        until = self._clock.now() + LONGEST
        told: set[tuple[str, int]] = set()
        view = self._lesson.view
        while True:
            if view.current == step.slug:
                for line in self._news(step, view, told):
                    yield line
                if view.verdict == "passed":
                    yield self._said(step, "green", step.title)
                    return
            if self._clock.now() >= until:
                break
            try:
                async with asyncio.timeout(1.0):
                    view = await self._lesson.changed(view.version)
            except TimeoutError:
                view = self._lesson.view
        open_ones = "; ".join(f.message for f in view.findings if f.blocks)
        yield self._said(step, "failed", f"not green after {LONGEST:.0f} s: {open_ones}")

    def _news(self, step: Step, view: LessonView, told: set[tuple[str, int]]) -> list[Played]:
        """Checks that are green and were not told yet. What is green in passing only is told when the step is."""
        lines = []
        seen: Counter[str] = Counter()
        for finding in view.findings:
            # Findings stand in the order of the checks: the second one of a rule is that of its second check.
            seen[finding.rule] += 1
            key = (finding.rule, seen[finding.rule])
            if finding.verdict is not Verdict.PASSED or finding.severity is not Severity.ERROR or key in told:
                continue
            told.add(key)
            lines.append(Played(step.slug, "check", finding.message, self._clock.now() - self._begun, finding.rule))
        return lines

    def _said(self, step: Step, what: What, text: str) -> Played:
        return Played(step.slug, what, text, self._clock.now() - self._begun)
