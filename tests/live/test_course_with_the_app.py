"""The same exercise with the lesson that the app shows: its own acts, each step judged live without a button."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.live.learner import ROOT, SOLUTIONS, STEPS
from tutor.core.timeline import Answered, CommandRun
from tutor.lesson.lesson import Lesson
from tutor.lesson.opening import open_lesson
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

ACTS = {
    "gateway-deployment": ["apply"],
    "gateway-service": ["apply"],
    "user-database": ["apply"],
    "crash": ["crash"],
    "rolling-update": ["roll:2.0.0"],
    "readiness": ["apply", "roll:homics/user-activity:1.0.0"],
    "replicas": ["apply", "crash"],
}


async def seen(lesson: Lesson, seconds: float, *, passed: bool) -> bool:
    """Whether the view says so within that time, by itself."""
    try:
        async with asyncio.timeout(seconds):
            view = lesson.view
            while (view.verdict == "passed") is not passed or not view.verdict:
                view = await lesson.changed(view.version)
    except TimeoutError:
        return False
    return True


async def settled(lesson: Lesson, replicas: int, answers: int = 3) -> None:
    """Every pod of user is ready and answers."""
    began = lesson.now()
    async with asyncio.timeout(60):
        while True:
            snapshot = lesson.view.snapshot
            deployment = snapshot.get("Deployment", "user-deployment") if snapshot else None
            status = (deployment or {}).get("status", {})
            good = [answer for answer in lesson.timeline.of(Answered, began) if not answer.error]
            if status.get("readyReplicas") == status.get("replicas") == replicas and len(good) >= answers:
                return
            await asyncio.sleep(0.2)


async def test_every_step_goes_from_red_to_green_by_the_apps_acts(workspace: Path, state: Path, namespace: str) -> None:
    lesson = open_lesson(Settings(workspace=workspace, namespace=namespace))
    work = asyncio.create_task(lesson.run())
    try:
        async with asyncio.timeout(20):
            while lesson.view.connection.state is not Connection.CONNECTED:
                await lesson.changed(lesson.view.version)
        assert lesson.view.connection.version.startswith("v1.")
        for step in STEPS:
            await lesson.go_to(step)
            assert await seen(lesson, 20, passed=False), f"{step} is green before anything was done"
            if step in SOLUTIONS:
                folder, files = SOLUTIONS[step]
                for file in files:
                    (workspace / file).write_bytes((ROOT / "solutions" / folder / file).read_bytes())
            for act in ACTS[step]:
                if act == "crash":
                    await settled(lesson, 2 if step == "replicas" else 1)
                question = lesson.needs_confirmation(act)
                assert bool(question) is (step == "gateway-deployment"), "the context is named before the first write"
                if question:
                    assert f'namespace "{namespace}"' in question
                result = await lesson.act(act)
                assert result.ok, result
                assert result.command.startswith("kubectl ")
            assert await seen(lesson, 60, passed=True), (step, lesson.view.findings)
        assert len(lesson.timeline.of(CommandRun)) >= len(STEPS)
        assert lesson.view.service_urls["gateway"].startswith("http://")
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
