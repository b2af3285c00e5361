"""Where a demonstration plays: a namespace and a folder of its own, made before it and removed after it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.cluster.api import Cluster, Target
from tutor.cluster.client import open_cluster
from tutor.cluster.errors import ClusterError
from tutor.core import progress
from tutor.kube.times import Clock
from tutor.lesson.actions import refusal
from tutor.lesson.choosing import choose_target
from tutor.lesson.connecting import Link, StartPractice
from tutor.lesson.instructor.staging import course_objects
from tutor.lesson.lesson import Lesson
from tutor.lesson.problem import Problem
from tutor.lesson.session import Session, open_session
from tutor.lesson.settings import Settings

NAMESPACE = "homics-demo"
LABEL = "homics-tutor/demo"
"""Marks a namespace that a demonstration made, so that the next one may remove what a killed one left."""
GONE_WITHIN = 120.0
"""Seconds that a namespace may take to vanish with all that is in it."""
RATE = 5.0
"""Calls a second of the version poll: what a class sees is the same, and nobody waits for the third answer."""


@dataclass(frozen=True, slots=True)
class Room:
    lesson: Lesson
    session: Session
    cluster: Cluster
    """For what the demonstration does itself; the lesson has its own connection."""

    @property
    def target(self) -> Target:
        return self.cluster.target


@asynccontextmanager
async def demo_room(
    settings: Settings, folder: Path, clock: Clock, start_practice: StartPractice | None = None
) -> AsyncIterator[Room]:
    """A room on the chosen cluster, with the starters of all steps in `folder`, an empty one.

    Raises: `Problem` where there is no cluster, or the namespace that was named is in use.
    """
    settings = replace(settings, workspace=folder, namespace=settings.namespace or NAMESPACE)
    target = await _target(settings, start_practice)
    if refused := refusal(target):
        raise Problem(refused)
    session = open_session(settings)
    session.workspace.write_starters(
        file for step in session.course.steps for file in (*step.given, *step.files) if file
    )
    try:
        cluster = await open_cluster(target, clock)
    except ClusterError as error:
        raise Problem(str(error)) from error
    made = False
    try:
        made = await _namespace(cluster, session, clock)
        # Nobody has to close a welcome before the play.
        session.change(lambda p: progress.begun(p, session.course.steps[0].slug, clock.now()))
        lesson = Lesson(session, Link(session, clock, None, rate=RATE), clock)
        yield Room(lesson, session, cluster)
    except ClusterError as error:
        raise Problem(str(error)) from error
    finally:
        if made:
            await _leave(cluster)
        await cluster.close()
        shutil.rmtree(session.state.folder, ignore_errors=True)


async def _target(settings: Settings, start_practice: StartPractice | None) -> Target:
    try:
        target = await asyncio.to_thread(choose_target, settings)
    except Problem:
        if start_practice is None:
            raise
    else:
        # The practice cluster's kubeconfig outlives it: it may have to be started all the same.
        if start_practice is None or target.kind != "practice":
            return target
    failed = await asyncio.to_thread(start_practice)
    if failed:
        raise Problem(failed)
    return await asyncio.to_thread(choose_target, settings)


async def _namespace(cluster: Cluster, session: Session, clock: Clock) -> bool:
    """Have an empty namespace. Returns whether it was made here and so is to be removed. Raises: `Problem`."""
    name = cluster.target.namespace
    found = await cluster.get("Namespace", name)
    if found is not None and LABEL in (found["metadata"].get("labels") or {}):
        # A demonstration that was killed left it.
        await cluster.delete("Namespace", name)
        until = clock.now() + GONE_WITHIN
        while found is not None:
            if clock.now() >= until:
                raise Problem(f'The namespace "{name}" of an earlier demonstration does not vanish. Try again later.')
            await clock.sleep(0.5)
            found = await cluster.get("Namespace", name)
    if found is None:
        metadata = {"name": name, "labels": {LABEL: "true"}}
        await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        return True
    there = [
        f"{kind} {object_name}"
        for kind, object_name in course_objects(session.course)
        if await cluster.get(kind, object_name)
    ]
    if there:
        raise Problem(
            f'The namespace "{name}" holds objects of the course already ({", ".join(there[:3])} …). The demonstration'
            " needs an empty one: leave --namespace out, and it makes one of its own."
        )
    return False


async def _leave(cluster: Cluster) -> None:
    try:
        await cluster.delete("Namespace", cluster.target.namespace)
    except ClusterError:
        # The cluster is away. The next demonstration finds the namespace by its label and removes it.
        return
