"""What an instructor may ask of a lesson: references beside the learner's files, stages, faults.

Reading order: the views, `InstructorPort`, `Instructor`. Nothing here is reached without `--instructor` or the
confirmed key of the app; every action that writes names its context and keeps to the learner's own safety (`actions`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from tutor.cluster.api import Cluster, Target
from tutor.cluster.crash import Crashed
from tutor.cluster.errors import ClusterError
from tutor.content.progress_file import from_json, to_json
from tutor.content.read_file import read_bytes
from tutor.content.reset import ResetFailed
from tutor.content.reset import put as put_files
from tutor.content.sections import MISTAKES, OTHER_WAYS, REASONS, section
from tutor.content.stage_backups import Backup, BackupFailed, StageBackups
from tutor.core import progress
from tutor.core.comparing.comparison import ComparedObject, compare_objects
from tutor.core.manifest import parse_manifest
from tutor.kube.times import Clock
from tutor.lesson.actions import refusal
from tutor.lesson.instructor import faults
from tutor.lesson.instructor.exact import put_exactly
from tutor.lesson.instructor.faults import FAULTS, fault_named
from tutor.lesson.instructor.staging import Line, Stage, Word, missing_references, plan_stage, reference_documents
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session
from tutor.lesson.view import ActionResult


class Live(Protocol):
    """The cluster that the lesson follows; `lesson.following.Following` is one."""

    @property
    def cluster(self) -> Cluster: ...
    @property
    def lost(self) -> str:
        """Why the API server cannot be reached at the moment; empty while it answers."""
        ...

    async def crash(self) -> Crashed:
        """Press Crash, as a browser would."""
        ...


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    path: str
    """As in the workspace, e.g. "kube/user/deployment.yaml"."""
    reference: str
    """Text of the reference."""
    learner: str
    """Text of the learner's file; empty where there is none."""
    exists: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One step's reference beside the learner's files."""

    slug: str
    files: tuple[ReferenceFile, ...]
    """Empty where the step writes none."""
    objects: tuple[ComparedObject, ...]
    notes: str
    """Markdown: all of instructor.md."""
    reasons: str
    """Markdown: the part on why each field is as it is; empty where the step has none."""
    mistakes: str
    """Markdown: the mistakes to expect."""
    other_ways: str
    """Markdown: other correct ways, out of done.md."""
    problems: tuple[str, ...] = ()
    """Files of the learner that cannot be read, a sentence each; their objects are not compared."""


@dataclass(frozen=True, slots=True)
class FaultView:
    name: str
    title: str
    watch: str
    command: str


class InstructorPort(Protocol):
    """What a screen may ask in instructor mode. Nothing raises for what people or machines cause: the answer says it.

    Actions that take their time are asynchronous iterators of `Line`; the last line is `DONE` or `FAILED`. Leaving
    such an iterator early stops the action where it is; what was changed until then can be had back with `restore`.
    """

    @property
    def faults(self) -> tuple[FaultView, ...]: ...
    def compare(self, slug: str) -> Comparison:
        """The reference of a step beside the learner's files. Raises: `Problem` for a step that is none."""
        ...

    def question(self, what: str) -> str:
        """What to ask before the first action on this context, e.g. `question("set the stage for readiness")`: it
        names context and namespace. "" where it was confirmed before or where the action will be refused anyway."""
        ...

    async def apply_reference(self, slug: str) -> ActionResult:
        """Apply the reference of the files of a step, and make live objects exactly that."""
        ...

    def stage(self, slug: str, *, files: bool = False) -> AsyncIterator[Line]:
        """The cluster as it is just before a step, with a backup of what was there. The step begins anew.

        `files`: the workspace's files, too, as the step before leaves them; `homics-tutor reset --undo` has them back.
        """
        ...

    def backups(self) -> tuple[Backup, ...]:
        """What can be had back, the newest first."""
        ...

    def restore(self, number: int | None = None) -> AsyncIterator[Line]:
        """Have back what was there before a stage: a backup by its number, else the newest not restored yet."""
        ...

    async def inject(self, fault: str) -> ActionResult: ...
    async def heal(self) -> ActionResult:
        """Undo all faults; one that was not injected costs nothing."""
        ...


class Instructor:
    """Implements `InstructorPort` on a session and the cluster that it follows."""

    def __init__(
        self,
        session: Session,
        live: Callable[[], Live | None],
        clock: Clock,
        why_none: Callable[[], str] = lambda: "",
        done: Callable[[ActionResult], Awaitable[None]] | None = None,
    ) -> None:
        """`why_none`: why there is no cluster, for the answer. `done`: called after an action, e.g. to record it."""
        self._session = session
        self._live = live
        self._clock = clock
        self._why_none = why_none
        self._done = done
        self._backups = StageBackups(session.state)
        self._confirmed: set[str] = set()

    # Reading.

    @property
    def faults(self) -> tuple[FaultView, ...]:
        return tuple(FaultView(fault.name, fault.title, fault.watch, fault.command) for fault in FAULTS)

    def compare(self, slug: str) -> Comparison:
        step = self._session.step(slug)
        course = self._session.course
        files = []
        for file, path in course.solution(step.slug).items():
            own = self._session.read(file)
            reference = read_bytes(path)[1].decode("utf-8", "replace")
            files.append(ReferenceFile(file, reference, own.text or "", own.exists))
        manifests = self._session.manifests(step)
        wanted = [
            document
            for file, path in course.solution(step.slug).items()
            for document in parse_manifest(file, read_bytes(path)[1]).documents
        ]
        learner = [document for manifest in manifests.values() for document in manifest.documents]
        missing = tuple(f"{file}: the reference is missing." for file in missing_references(course, step.slug))
        problems = missing + tuple(
            f"{file}: {finding.message}"
            for file, manifest in manifests.items()
            for finding in manifest.findings
            if finding.blocks
        )
        return Comparison(
            step.slug,
            tuple(files),
            compare_objects(wanted, learner, step.files),
            step.notes,
            section(step.notes, REASONS),
            section(step.notes, MISTAKES),
            section(step.done, OTHER_WAYS),
            problems,
        )

    def backups(self) -> tuple[Backup, ...]:
        return self._backups.all()

    # Acting.

    def question(self, what: str) -> str:
        live = self._live()
        target = live.cluster.target if live else None
        if target is None or refusal(target) or _place(target) in self._confirmed:
            return ""
        return (
            f'The tutor is about to {what} in the context "{target.context}" ({target.server}),'
            f' namespace "{target.namespace}". Go on?'
        )

    async def apply_reference(self, slug: str) -> ActionResult:
        step = self._session.step(slug)
        files = self._session.course.solution(step.slug)
        live = self._live()
        command = "kubectl apply " + " ".join(f"-f {file}" for file in (*step.given, *files))
        if not files:
            return ActionResult(False, "", f"{step.slug} writes no file: there is no reference to apply.")
        if live is None or (away := self._away(live)):
            return ActionResult(False, command, away if live else self._no_cluster())
        own = {*step.given, *files}
        said: list[str] = []
        try:
            plan = plan_stage(self._session.course, step.slug, live.cluster.target.namespace, after=True)
            names = {(d.kind, d.name) for d in reference_documents(self._session.course, step.slug) if d.file in own}
            for obj in plan.objects:
                if (obj["kind"], obj["metadata"]["name"]) in names:
                    put = await put_exactly(live.cluster, obj, self._clock)
                    said.append(f"{obj['kind']} {obj['metadata']['name']} {put}")
        except (ClusterError, Problem) as error:
            return ActionResult(False, command, "\n".join([*said, str(error)]))
        return await self._did(ActionResult(True, command, "\n".join(said)), live.cluster.target)

    async def stage(self, slug: str, *, files: bool = False) -> AsyncIterator[Line]:
        live = self._live()
        if live is None or (away := self._away(live)):
            yield Line(Word.FAILED, away if live else self._no_cluster())
            return
        before = to_json(self._session.progress)
        async for line in self._stage(live).set(slug, before):
            if line.word is Word.DONE:
                if files:
                    yield (written := self._write_files(slug))
                    if not written.ok:
                        return
                self._begin_anew(slug)
                await self._did(
                    ActionResult(True, f"homics-tutor instructor stage {slug}", line.text), live.cluster.target
                )
            yield line

    async def restore(self, number: int | None = None) -> AsyncIterator[Line]:
        live = self._live()
        if live is None or (away := self._away(live)):
            yield Line(Word.FAILED, away if live else self._no_cluster())
            return
        try:
            backup = self._backups.newest() if number is None else self._backups.load(number)
        except BackupFailed as error:
            yield Line(Word.FAILED, str(error))
            return
        if backup is None:
            yield Line(Word.FAILED, "There is nothing to have back: no stage was set in this workspace.")
            return
        then = from_json(backup.progress)
        async for line in self._stage(live).restore(backup, to_json(self._session.progress)):
            if line.word is Word.DONE:
                self._session.change(lambda _: then)
                command = f"homics-tutor instructor restore {backup.number}"
                await self._did(ActionResult(True, command, line.text), live.cluster.target)
            yield line

    async def inject(self, fault: str) -> ActionResult:
        wanted = fault_named(fault)
        if wanted is None:
            names = ", ".join(one.name for one in FAULTS)
            return ActionResult(False, "", f'There is no fault "{fault}". The faults are: {names}.')
        live = self._live()
        if live is None or (away := self._away(live)):
            return ActionResult(False, wanted.command, away if live else self._no_cluster())
        try:
            if wanted.object:
                ok, text = await faults.inject(live.cluster, wanted)
            else:
                crashed = await live.crash()
                ok, text = crashed.ok, f"{crashed.message} {wanted.watch}" if crashed.ok else crashed.message
        except ClusterError as error:
            return ActionResult(False, wanted.command, str(error))
        return await self._did(ActionResult(ok, wanted.command, text), live.cluster.target)

    async def heal(self) -> ActionResult:
        live = self._live()
        if live is None or (away := self._away(live)):
            return ActionResult(False, "", away if live else self._no_cluster())
        try:
            healed = await faults.heal(live.cluster)
        except ClusterError as error:
            return ActionResult(False, "", f"{error} Heal again when the cluster answers: it goes on where it stopped.")
        text = "\n".join(healed) or "There is no fault to take back. After a crash Kubernetes heals by itself."
        return await self._did(ActionResult(True, "homics-tutor instructor heal", text), live.cluster.target)

    def _away(self, live: Live) -> str:
        """Why nothing may be done there; "" where it may."""
        if live.lost:
            return f"There is no cluster to act on: {live.lost}"
        return refusal(live.cluster.target)

    def _no_cluster(self) -> str:
        return f"There is no cluster to act on: {self._why_none() or 'none was found.'}"

    def _stage(self, live: Live) -> Stage:
        return Stage(live.cluster, self._session.course, self._backups, self._clock)

    def _write_files(self, slug: str) -> Line:
        """The workspace's files as they are before a step: earlier references, and starters for what follows."""
        course = self._session.course
        before = next((step.slug for step in reversed(course.steps[: self._index(slug)])), None)
        sources = {file: course.starter(file) for step in course.steps for file in (*step.given, *step.files)}
        sources |= course.reference(before) if before else {}
        try:
            done = put_files(self._session.workspace, self._session.state, sources)
        except ResetFailed as error:
            return Line(Word.FAILED, str(error))
        if not done.files:
            return Line(Word.DID, "The files of the workspace are as the step finds them.")
        return Line(
            Word.DID,
            f"{len(done.files)} files of the workspace are now as the step finds them: {', '.join(done.files)}."
            f" Yours are kept in {done.backup}; `homics-tutor reset --undo` brings them back.",
        )

    def _index(self, slug: str) -> int:
        return next(index for index, step in enumerate(self._session.course.steps) if step.slug == slug)

    def _begin_anew(self, slug: str) -> None:
        """The staged step is the current one and begins now: what happened before proves nothing for it."""
        at = self._clock.now()
        self._session.change(lambda p: progress.begun(progress.restarted(p, slug, at), slug, at))

    async def _did(self, result: ActionResult, target: Target) -> ActionResult:
        if result.ok:
            self._confirmed.add(_place(target))
            if self._done is not None:
                await self._done(result)
        return result


def _place(target: Target) -> str:
    return f"{target.server} {target.context} {target.namespace}"
