"""The API server of a real cluster is stopped, killed and brought back while the lesson runs.

HOMICS_MINIKUBE names the folder of the commands that do it (`signal COMPONENT NAME`); without it there is nothing to
try here, since a shared cluster must not be stopped.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tutor.core.evidence import gaps
from tutor.core.timeline import LinkChanged, PodChanged
from tutor.lesson.lesson import Lesson
from tutor.lesson.opening import open_lesson
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection

FOLDER = os.environ.get("HOMICS_MINIKUBE", "")
pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not FOLDER, reason="HOMICS_MINIKUBE names no cluster that may be stopped"),
]


async def signal(component: str, name: str) -> None:
    command = [str(Path(FOLDER) / "signal"), component, name]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=30)


async def until(lesson: Lesson, condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            try:
                async with asyncio.timeout(0.5):
                    await lesson.changed(lesson.view.version)
            except TimeoutError:
                continue


@pytest.fixture
async def lesson(workspace: Path, state: Path, namespace: str) -> AsyncIterator[Lesson]:
    made = open_lesson(Settings(workspace=workspace, namespace=namespace))
    work = asyncio.create_task(made.run())
    await until(made, lambda: made.view.connection.state is Connection.CONNECTED, 20)
    yield made
    work.cancel()
    ended = (await asyncio.gather(work, return_exceptions=True))[0]
    assert isinstance(ended, asyncio.CancelledError), ended


def names(lesson: Lesson) -> set[str]:
    snapshot = lesson.view.snapshot
    return {pod["metadata"]["name"] for pod in snapshot.list("Pod")} if snapshot else set()


async def test_a_silent_and_a_killed_api_server(lesson: Lesson, namespace: str) -> None:
    def kubectl(*words: str) -> None:
        subprocess.run(["kubectl", "-n", namespace, *words], check=True, capture_output=True, timeout=60)

    await asyncio.to_thread(kubectl, "create", "deployment", "some", "--image=homics/gateway:1.0.0", "--replicas=2")
    await until(lesson, lambda: len([p for p in lesson.timeline.of(PodChanged) if p.ready]) >= 2, 30)
    pods = names(lesson)
    blinked: list[set[str]] = []

    async def look() -> None:
        while True:
            view = await lesson.changed(lesson.view.version)
            if view.snapshot is not None and names(lesson) != pods:
                blinked.append(names(lesson))

    looking = asyncio.create_task(look())
    try:
        await signal("kube-apiserver", "STOP")
        await until(lesson, lambda: lesson.view.connection.state is Connection.LOST, 15)
        assert "time ran out" in lesson.view.connection.message
        await asyncio.sleep(3)
        await signal("kube-apiserver", "CONT")
        await until(lesson, lambda: lesson.view.connection.state is Connection.CONNECTED, 15)

        await signal("kube-apiserver", "KILL")
        await until(lesson, lambda: lesson.view.connection.state is Connection.LOST, 15)
        await until(lesson, lambda: lesson.view.connection.state is Connection.CONNECTED, 60)
        assert blinked == [], "a pod that is there all the time never leaves the table"
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    await asyncio.to_thread(kubectl, "scale", "deployment", "some", "--replicas=3")
    await until(lesson, lambda: len(names(lesson)) == 3, 30)
    assert len(gaps(lesson.timeline)) == 2
    assert len(lesson.timeline.of(LinkChanged)) == 5
