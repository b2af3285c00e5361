"""A namespace of the test's own on the real cluster, and a learner's folder beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.learner import ROOT, Learner, kubectl


@pytest.fixture(autouse=True)
def kubeconfig_that_stays() -> Iterator[None]:
    """The kubeconfig is read and never changed."""
    path = Path(os.environ["KUBECONFIG"])
    before = path.read_bytes(), path.stat().st_mtime_ns
    yield
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.fixture
def namespace(request: pytest.FixtureRequest) -> Iterator[str]:
    """Made for this test, deleted after it without waiting."""
    name = "homics-" + request.node.originalname.removeprefix("test_").replace("_", "-")[:40].strip("-")
    subprocess.run(
        ["kubectl", "delete", "namespace", name, "--ignore-not-found", "--timeout=90s"], check=True, timeout=120
    )
    kubectl("create", "namespace", name)
    try:
        yield name
    finally:
        # Their node ports belong to the whole cluster: the next test needs them at once.
        kubectl("--namespace", name, "delete", "services", "--all", check=False)
        kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The starters, as a learner has them."""
    folder = tmp_path / "exercise"
    shutil.copytree(ROOT / "starter", folder)
    return folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("HOMICS_STATE_DIR", str(folder))
    return folder


@pytest.fixture
def learner(workspace: Path, state: Path, namespace: str) -> Learner:
    return Learner(workspace, namespace, {**os.environ, "PYTHONPATH": str(ROOT)})
