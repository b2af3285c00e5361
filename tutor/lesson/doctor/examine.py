"""All looks in their order; each ends by itself within some seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tutor.cluster.client import open_cluster
from tutor.cluster.errors import ClusterError
from tutor.content.loader import Course, load_course
from tutor.content.locate import CourseNotFound
from tutor.content.schema import CourseInvalid
from tutor.content.workspace import Place, Workspace
from tutor.kube.times import Clock
from tutor.lesson.choosing import choose_target
from tutor.lesson.doctor.advice import Advice, bad, ok, warn
from tutor.lesson.doctor.cluster import chosen, cluster, contexts
from tutor.lesson.doctor.machine import machine
from tutor.lesson.doctor.tools import kubectl_advice, kubectl_version
from tutor.lesson.problem import Problem
from tutor.lesson.settings import Settings


async def examine(settings: Settings, clock: Clock, *, ask_registry: bool = True) -> AsyncIterator[Advice]:
    """Raises nothing for what a learner or a machine caused."""
    for advice in machine():
        yield advice
    try:
        course = load_course()
    except (CourseNotFound, CourseInvalid) as error:
        yield bad("course", f"The course cannot be loaded: {error}", "Install the tutor anew.")
        return
    yield workspace(settings, course)
    yield contexts(settings)
    client, wrong = await kubectl_version()
    try:
        target = await asyncio.to_thread(choose_target, settings)
        live = await open_cluster(target, clock)
    except (Problem, ClusterError) as error:
        yield kubectl_advice(client, wrong, "")
        yield bad("cluster", str(error), "The files alone can be checked until then: homics-tutor check --offline")
        return
    yield chosen(target)
    try:
        try:
            server = await live.version()
        except ClusterError as error:
            yield kubectl_advice(client, wrong, "")
            yield bad("cluster", str(error), "Start it and look again.")
            return
        yield ok("cluster", f"It answers: Kubernetes {server}.")
        yield kubectl_advice(client, wrong, server)
        async for advice in cluster(live, course, clock, ask_registry=ask_registry):
            yield advice
    finally:
        await live.close()


def workspace(settings: Settings, course: Course) -> Advice:
    found = Workspace(settings.workspace, course.folders).look()
    folder = settings.workspace.absolute()
    if found.place is Place.WORKSPACE:
        return ok("workspace", f"{folder} holds kube/.")
    if found.usable:
        return warn("workspace", found.message, "Start the tutor there, and take the starters it offers.")
    return bad("workspace", found.message, f"Use --workspace {found.suggestion or 'FOLDER'}")
