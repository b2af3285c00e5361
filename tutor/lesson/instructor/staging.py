"""Setting the stage: the cluster as it is just before a step, in one action, with the way back.

Only objects of the course are touched, by kind and name, and only in the namespace of the target. What they were is
kept before the first change (`content.stage_backups`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tutor.cluster.api import Cluster, KubeObject
from tutor.cluster.errors import ClusterError
from tutor.content.loader import Course
from tutor.content.read_file import read_bytes
from tutor.content.stage_backups import Backup, BackupFailed, StageBackups
from tutor.core.manifest import Document, parse_manifest
from tutor.kube.client_side_apply import with_annotation
from tutor.kube.images import normalise
from tutor.kube.times import Clock
from tutor.lesson.actions import refusal
from tutor.lesson.instructor.exact import as_manifest, put_exactly, without_node_ports
from tutor.lesson.problem import Problem

READY_WITHIN = 180.0
"""Seconds that the pods of a stage may take to be ready."""
LOOK = 0.5

ObjectKey = tuple[str, str]
"""(kind, name)."""


class Word(StrEnum):
    """What a line of an instructor's action tells."""

    DID = "did"
    WAITING = "waiting"
    DONE = "done"
    """The last line of an action that worked."""
    FAILED = "failed"
    """The last line of one that did not; its text says what was done so far and how to have the rest back."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an action that takes its time."""

    word: Word
    text: str

    @property
    def ok(self) -> bool:
        return self.word is not Word.FAILED


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What the cluster holds just before a step."""

    slug: str
    objects: tuple[KubeObject, ...]
    """In the order to apply them, with the image that the step finds, and the annotation of `kubectl apply`."""
    absent: tuple[ObjectKey, ...]
    """Objects of the course that belong to this step or a later one."""


def reference_documents(course: Course, slug: str) -> tuple[Document, ...]:
    """The objects as they stand after a step, in the order to apply them. Raises: `Problem` where one is broken."""
    documents: list[Document] = []
    for file in missing_references(course, slug):
        raise Problem(
            f"The course is broken: the reference of {file} is missing. `homics-tutor author check` says more."
        )
    for file, path in course.reference(slug).items():
        exists, data, error = read_bytes(path)
        parsed = parse_manifest(file, data if exists else None, read_error=error)
        if not parsed.exists or not parsed.readable:
            where = path.relative_to(course.folders.root).as_posix()
            why = "is missing" if not parsed.exists else error or "is no YAML"
            raise Problem(f"The course is broken: {where} {why}. `homics-tutor author check` says more.")
        documents.extend(document for document in parsed.documents if document.kind and document.name)
    return tuple(documents)


def missing_references(course: Course, slug: str) -> tuple[str, ...]:
    """Files that a step up to this one writes and that no solution up to it holds."""
    reference = course.reference(slug)
    up_to = course.steps[: next(i for i, step in enumerate(course.steps) if step.slug == slug) + 1]
    return tuple(file for step in up_to for file in step.files if file not in reference)


def course_objects(course: Course) -> tuple[ObjectKey, ...]:
    """Kind and name of everything that any step of the course defines."""
    last = course.steps[-1].slug
    return tuple(dict.fromkeys((document.kind, document.name) for document in reference_documents(course, last)))


def plan_stage(course: Course, slug: str, namespace: str, *, after: bool = False) -> StagePlan:
    """The state just before a step, or `after` it, by the references. Raises: `Problem` where one is broken."""
    if course.step(slug) is None:
        raise Problem(f'There is no step "{slug}".')
    live: dict[ObjectKey, KubeObject] = {}
    for step in course.steps:
        if step.slug == slug and not after:
            break
        for document in reference_documents(course, step.slug):
            key = (document.kind, document.name)
            # A file that a later step writes again takes back what was changed by hand in between.
            if key not in live or document.file in step.files:
                live[key] = with_annotation(document.value, namespace)
        if step.action.startswith("roll:"):
            live = {key: _rolled(obj, step.action.removeprefix("roll:")) for key, obj in live.items()}
        if step.slug == slug:
            break
    absent = tuple(key for key in course_objects(course) if key not in live)
    return StagePlan(slug, tuple(live.values()), absent)


def _rolled(obj: KubeObject, image: str) -> KubeObject:
    """The object with another tag of an image that it runs, as after `kubectl set image`."""
    new = normalise(image)
    changed = deepcopy(obj)
    pod = ((changed.get("spec") or {}).get("template") or {}).get("spec") or {}
    for container in pod.get("containers") or []:
        old = normalise(str(container.get("image", "")))
        if (old.registry, old.repository) == (new.registry, new.repository):
            container["image"] = image
    return changed


class Stage:
    """Changes the course's objects on one cluster, keeping first what they were."""

    def __init__(self, cluster: Cluster, course: Course, backups: StageBackups, clock: Clock) -> None:
        self._cluster = cluster
        self._course = course
        self._backups = backups
        self._clock = clock

    async def keep(self, why: str, progress: Mapping[str, Any]) -> Backup:
        """A backup of all objects of the course as they are now. Raises: `ClusterError`, `BackupFailed`, `Problem`."""
        found: list[KubeObject] = []
        absent: list[ObjectKey] = []
        for kind, name in course_objects(self._course):
            live = await self._cluster.get(kind, name)
            if live is None or live["metadata"].get("deletionTimestamp"):
                absent.append((kind, name))
            else:
                found.append(as_manifest(live))
        target = self._cluster.target
        return self._backups.keep(
            Backup(
                0,
                self._clock.now(),
                why,
                target.context,
                target.server,
                target.namespace,
                tuple(found),
                tuple(absent),
                dict(progress),
            )
        )

    async def set(
        self, slug: str, progress: Mapping[str, Any], *, wait: bool = True, node_ports: bool = True
    ) -> AsyncIterator[Line]:
        """Bring the cluster to the state just before a step. Doing it twice changes nothing the second time.

        `node_ports` False: which ports the nodes open is left to the cluster.
        """
        if refused := refusal(self._cluster.target):
            yield Line(Word.FAILED, refused)
            return
        try:
            plan = plan_stage(self._course, slug, self._cluster.target.namespace)
            backup = await self.keep(f"stage {slug}", progress)
        except (ClusterError, BackupFailed, Problem) as error:
            yield Line(Word.FAILED, f"{_sentence(error)} Nothing was changed.")
            return
        changed = False
        objects = plan.objects if node_ports else tuple(without_node_ports(obj) for obj in plan.objects)
        async for line, did in self._change(objects, plan.absent, backup):
            changed = changed or did
            yield line
            if not line.ok:
                return
        if not changed:
            self._backups.forget(backup)
        if wait:
            async for line in self._until_ready(plan.objects):
                yield line
                if not line.ok:
                    return
        kept = f" What was there before is backup {backup.number}." if changed else " It was set already."
        yield Line(Word.DONE, f"The stage is set for {slug} in {_place(self._cluster)}.{kept}")

    async def restore(self, backup: Backup, progress: Mapping[str, Any]) -> AsyncIterator[Line]:
        """Have back what a backup holds: its objects as they were, and those gone that were not there."""
        target = self._cluster.target
        if refused := refusal(target) or _other_place(backup, self._cluster):
            yield Line(Word.FAILED, refused)
            return
        known = set(course_objects(self._course))
        absent = tuple(key for key in backup.absent if key in known)
        try:
            now = await self.keep(f"restore {backup.number}", progress)
        except (ClusterError, BackupFailed, Problem) as error:
            yield Line(Word.FAILED, f"{_sentence(error)} Nothing was changed.")
            return
        # The way back from a restore is not what the next restore should take by itself.
        self._backups.mark_restored(now)
        changed = False
        async for line, did in self._change(backup.objects, absent, backup):
            changed = changed or did
            yield line
            if not line.ok:
                return
        self._backups.mark_restored(backup)
        if not changed:
            self._backups.forget(now)
        yield Line(Word.DONE, f"Backup {backup.number} is back in {_place(self._cluster)}.")

    async def _change(
        self, objects: tuple[KubeObject, ...], absent: tuple[ObjectKey, ...], backup: Backup
    ) -> AsyncIterator[tuple[Line, bool]]:
        """Lines, each with whether it changed anything. The last one is `FAILED` where the cluster went away."""
        done = 0
        try:
            for kind, name in absent:
                if await self._cluster.delete(kind, name):
                    done += 1
                    yield Line(Word.DID, f"{kind} {name} removed"), True
            for obj in objects:
                put = await put_exactly(self._cluster, obj, self._clock)
                done += put.changed
                yield Line(Word.DID, f"{obj['kind']} {obj['metadata']['name']} {put}"), put.changed
        except ClusterError as error:
            yield Line(Word.FAILED, f"{_sentence(error)} {_so_far(done, backup)}"), False

    async def _until_ready(self, objects: tuple[KubeObject, ...]) -> AsyncIterator[Line]:
        """Wait until all Deployments of the stage run as wanted."""
        names = [str(obj["metadata"]["name"]) for obj in objects if obj["kind"] == "Deployment"]
        until, said = self._clock.now() + READY_WITHIN, ""
        while True:
            try:
                open_ones = [name for name in names if not settled(await self._cluster.get("Deployment", name))]
            except ClusterError as error:
                yield Line(
                    Word.FAILED,
                    f"{_sentence(error)} All objects were changed before that; their pods were not seen ready.",
                )
                return
            if not open_ones:
                return
            text = f"waiting for {', '.join(open_ones)}"
            if text != said:
                said = text
                yield Line(Word.WAITING, text)
            if self._clock.now() >= until:
                yield Line(
                    Word.FAILED,
                    f"All objects are as wanted, but {', '.join(open_ones)} did not get ready within"
                    f" {READY_WITHIN:.0f} s. `kubectl get pod` and `kubectl describe pod` say why.",
                )
                return
            await self._clock.sleep(LOOK)


def settled(deployment: Mapping[str, Any] | None) -> bool:
    """Whether a Deployment runs what it says: all replicas new and ready, and no pod of another template left."""
    if deployment is None:
        return False
    status, wanted = deployment.get("status") or {}, (deployment.get("spec") or {}).get("replicas", 1)
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")]
    seen = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    return bool(seen and all(count == wanted for count in counts))


def _sentence(error: Exception) -> str:
    """An error's words, ended so that another sentence may follow."""
    text = str(error).rstrip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _so_far(done: int, backup: Backup) -> str:
    if not done:
        return "Nothing was changed before that."
    objects = "1 object was" if done == 1 else f"{done} objects were"
    return (
        f"{objects} changed before that. When the cluster answers again, do the same once more, or have back what was"
        f" there before: homics-tutor instructor restore {backup.number}."
    )


def _place(cluster: Cluster) -> str:
    return f'the context "{cluster.target.context}", namespace "{cluster.target.namespace}"'


def _other_place(backup: Backup, cluster: Cluster) -> str:
    target = cluster.target
    if (backup.server, backup.namespace) == (target.server, target.namespace):
        return ""
    return (
        f'Backup {backup.number} was taken in the context "{backup.context}", namespace "{backup.namespace}"'
        f" ({backup.server}); here it is {_place(cluster)}. Nothing was changed."
    )
