from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conformance.scenario import Place
from tests.ports import free_port

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("kubectl is not installed")
    told = subprocess.run([found, "version", "--client"], capture_output=True, text=True, check=False).stdout
    if "Client Version: v1.34." not in told:
        # Its words differ from minor version to minor version.
        pytest.skip(f"the recordings are kubectl v1.34's; this is {told.splitlines()[0] if told else 'another'}")
    return found


@pytest.fixture
def place(kubectl: str, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """A namespace of its own on the cluster of a kubeconfig, deleted afterwards."""
    made: list[Place] = []

    def make(kubeconfig: str) -> Place:
        folder = tmp_path / f"place-{len(made)}"
        folder.mkdir()
        place = Place(kubeconfig, f"conformance-{uuid.uuid4().hex[:8]}", folder, kubectl)
        subprocess.run(
            [kubectl, "create", "namespace", place.namespace], env=place.environment, check=True, capture_output=True
        )
        made.append(place)
        return place

    yield make
    for place in made:
        command = [kubectl, "delete", "namespace", place.namespace, "--wait=false"]
        subprocess.run(command, env=place.environment, check=False, capture_output=True)


@pytest.fixture(scope="session")
def real_kubeconfig() -> str:
    return os.environ["KUBECONFIG"]


@pytest.fixture(scope="session")
def practice_kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    state = tmp_path_factory.mktemp("practice-state")
    environment = {
        **os.environ,
        "HOMICS_STATE_DIR": str(state),
        "HOMICS_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    tutor = [sys.executable, "-m", "tutor", "cluster"]
    started = subprocess.run([*tutor, "start"], env=environment, capture_output=True, text=True, check=False)
    assert started.returncode == 0, started.stderr
    yield str(state / "practice" / "kubeconfig")
    subprocess.run([*tutor, "stop"], env=environment, check=True, capture_output=True)
