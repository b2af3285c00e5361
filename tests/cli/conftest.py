"""What the tests of the commands share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.served_api import ServedApi, serving
from tutor.content.state import VARIABLE

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starters, in the current folder; no kubeconfig, and nothing remembered."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    folder = tmp_path / "exercise"
    shutil.copytree(ROOT / "starter", folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def served() -> Iterator[ServedApi]:
    """An API server in memory."""
    with serving() as api:
        yield api
