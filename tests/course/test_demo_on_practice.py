"""The whole course as a learner would play it, on a practice cluster of its own: nothing needs to be installed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent
STEPS = ["gateway-deployment", "gateway-service", "user-database", "crash", "rolling-update", "readiness", "replicas"]

pytestmark = [pytest.mark.course, pytest.mark.timeout(400)]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    values = {
        **{name: value for name, value in os.environ.items() if name != "KUBECONFIG"},
        "HOMICS_STATE_DIR": str(tmp_path / "state"),
        "HOMICS_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    yield values
    _tutor(values, "cluster", "stop")


def _tutor(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tutor", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_every_step_goes_from_red_to_green_in_order(environment: dict[str, str]) -> None:
    played = _tutor(environment, "--practice", "demo", "--headless")
    assert played.returncode == 0, played.stdout + played.stderr
    lines = [line.split() for line in played.stdout.splitlines() if line.startswith(" ") and " s " in line]
    seen = [(line[2], line[3]) for line in lines if line[2] in ("red", "green")]
    assert seen == [entry for step in STEPS for entry in (("red", step), ("green", step))]


def test_each_bonus_step_goes_from_red_to_green(environment: dict[str, str]) -> None:
    for step in ("monolith-kafka", "stats-stock"):
        played = _tutor(environment, "--practice", "demo", "--headless", "--step", step)
        assert played.returncode == 0, played.stdout + played.stderr
