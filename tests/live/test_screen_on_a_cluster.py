"""The screen itself on a real cluster, by its keys alone: a finding at its line, apply, crash, the verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.learner import ROOT
from tests.ui.screen_text import screen_text, until
from tutor.lesson.lesson import Lesson
from tutor.lesson.opening import open_lesson
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection
from tutor.ui.app import TutorApp

pytestmark = pytest.mark.live

GATEWAY = "kube/gateway/deployment.yaml"
TURNS = 4_000
"""Of a hundredth of a second and more: what a pod may take to be ready."""


async def test_keys_lead_from_an_empty_folder_to_a_passed_step(tmp_path: Path, state: Path, namespace: str) -> None:
    workspace = tmp_path / "exercise"
    workspace.mkdir()
    lesson = open_lesson(Settings(workspace=workspace, namespace=namespace))
    app = TutorApp(lesson)

    def has(*words: str) -> Callable[[], bool]:
        return lambda: all(word in screen_text(app) for word in words)

    async with app.run_test(size=(160, 48), notifications=True) as pilot:
        await until(pilot, has("Five words to begin with"), TURNS)
        await pilot.press("escape")
        await until(pilot, lambda: lesson.view.connection.state is Connection.CONNECTED, TURNS)
        await until(pilot, has("Not there yet: gateway/deployment.yaml", f"namespace {namespace}"), TURNS)

        await pilot.press("s")
        await until(pilot, (workspace / GATEWAY).is_file, TURNS)
        await until(pilot, lambda: _marked(lesson), TURNS)
        await pilot.press("f")
        await until(pilot, has("✗ 13 spec:", "NOT YET"), TURNS)

        shutil.copy(ROOT / "solutions" / "01-gateway-deployment" / GATEWAY, workspace / GATEWAY)
        await until(pilot, has("is not in the cluster yet"), TURNS)
        await pilot.press("a")
        await until(pilot, has("Before anything is changed", f'namespace "{namespace}"'), TURNS)
        assert lesson.view.snapshot is not None
        assert not lesson.view.snapshot.list("Deployment")
        await pilot.press("y")
        await until(pilot, has("deployment.apps/gateway-deployment created"), TURNS)
        await until(pilot, has("PASSED", "1 of 7 passed"), TURNS)
        await pilot.press("d")
        await until(pilot, has("Kubernetes runs the gateway"), TURNS)


def _marked(lesson: Lesson) -> bool:
    return any(finding.line for file in lesson.view.files for finding in file.findings)
