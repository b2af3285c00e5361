"""The instructor on a real cluster: stages, faults, healing, the way back; and the course that plays itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMESPACE = "homics-instructor"

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]


class Instructor:
    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "exercise"
        shutil.copytree(ROOT / "starter", self.workspace)
        self.environment = {**os.environ, "HOMICS_STATE_DIR": str(folder / "state"), "PYTHONPATH": str(ROOT)}

    def run(self, *words: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "tutor", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def do(self, *words: str, code: int = 0) -> str:
        place = ["--workspace", str(self.workspace), "--namespace", NAMESPACE]
        return self.run("instructor", *words, "--yes", *place, code=code)

    def objects(self) -> dict[str, object]:
        """Specs of the namespace's Deployments and Services, without what only tells them apart."""
        command = ["kubectl", "-n", NAMESPACE, "get", "deploy,svc", "-o", "json"]
        listed = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)["items"]
        found = {}
        for obj in listed:
            spec = {key: value for key, value in obj["spec"].items() if key not in ("clusterIP", "clusterIPs")}
            for port in spec.get("ports", []):
                port.pop("nodePort", None)
            found[f"{obj['kind']}/{obj['metadata']['name']}"] = spec
        return found


@pytest.fixture
def instructor(tmp_path: Path) -> Iterator[Instructor]:
    def forget() -> None:
        command = ["kubectl", "delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=90s"]
        subprocess.run(command, check=True, timeout=120, capture_output=True)

    forget()
    subprocess.run(["kubectl", "create", "namespace", NAMESPACE], check=True, timeout=30, capture_output=True)
    yield Instructor(tmp_path)
    forget()


def test_stages_faults_and_the_way_back(instructor: Instructor) -> None:
    first = instructor.do("stage", "replicas")
    assert f'namespace "{NAMESPACE}"' in first
    assert instructor.do("stage", "replicas").rstrip().endswith("It was set already.")
    healthy = instructor.objects()
    assert len(healthy) == 6
    for fault in ("wrong-image", "broken-selector", "slow-start", "database-gone"):
        instructor.do("fault", fault)
        assert instructor.objects() != healthy, fault
        instructor.do("heal")
        assert instructor.objects() == healthy, fault
    instructor.do("fault", "crash")
    instructor.do("stage", "gateway-service")
    assert set(instructor.objects()) == {"Deployment/gateway-deployment"}
    instructor.do("restore")
    assert instructor.objects() == healthy
    instructor.do("restore")
    assert instructor.objects() == {}
    instructor.do("restore", code=1)


def test_another_selector_is_replaced_and_comes_back(instructor: Instructor) -> None:
    instructor.do("stage", "crash")
    manifest = (
        (ROOT / "solutions/03-user-database/kube/user/deployment.yaml").read_text().replace("app: user", "role: x")
    )
    for words in (["delete", "deploy", "user-deployment"], ["apply", "-f", "-"]):
        subprocess.run(
            ["kubectl", "-n", NAMESPACE, *words], input=manifest, text=True, check=True, timeout=60, capture_output=True
        )
    before = instructor.objects()
    assert "Deployment user-deployment replaced" in instructor.do("stage", "readiness")
    assert "Deployment user-deployment replaced" in instructor.do("restore")
    assert instructor.objects() == before


def test_the_course_plays_itself(instructor: Instructor) -> None:
    printed = instructor.run("demo", "--headless", "--namespace", "homics-demo-live")
    lines = printed.splitlines()
    assert lines[-1].startswith("7 steps passed in ")
    assert sum("  green " in line for line in lines) == 7
    assert not any("  failed " in line for line in lines)
