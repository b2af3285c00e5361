"""A scripted learner solves the exercise through the real kubectl; the tutor watches from another terminal.

Every step is red before the learner acts and green after, in order.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
NAMESPACE = "homics-course"

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]


class Learner:
    """A workspace, a namespace and two terminals: kubectl, and `homics-tutor watch`."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "exercise"
        shutil.copytree(ROOT / "starter", self.workspace)
        self.environment = {**os.environ, "HOMICS_STATE_DIR": str(folder / "state"), "PYTHONPATH": str(ROOT)}
        self.common = ["--workspace", str(self.workspace), "--namespace", NAMESPACE]
        self.log = (folder / "watch.log").open("wb")
        self.watch = subprocess.Popen(
            [sys.executable, "-m", "tutor", "watch", *self.common],
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )

    def kubectl(self, *words: str, check: bool = True) -> str:
        command = ["kubectl", "--namespace", NAMESPACE, *words]
        return subprocess.run(command, check=check, capture_output=True, text=True, timeout=60).stdout

    def check(self, step: str, wait: int = 0) -> tuple[int, dict[str, object]]:
        """Exit code and the JSON answer of `homics-tutor check`."""
        command = [sys.executable, "-m", "tutor", "check", step, "--format", "json", "--wait", str(wait), *self.common]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=wait + 60, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, json.loads(done.stdout)

    def write(self, solution: str, *files: str) -> None:
        for file in files:
            shutil.copy(ROOT / "solutions" / solution / file, self.workspace / file)

    def apply(self, *files: str) -> None:
        self.kubectl("apply", *(word for file in files for word in ("-f", str(self.workspace / file))))

    def crash(self) -> None:
        """As the Crash button: the answer never comes, since the application ends."""
        path = f"/api/v1/namespaces/{NAMESPACE}/services/user:9001/proxy/user/crash"
        self.kubectl("get", "--raw", path, check=False)

    def act(self, step: str) -> None:
        match step:
            case "gateway-deployment":
                self.write("01-gateway-deployment", "kube/gateway/deployment.yaml")
                self.apply("kube/gateway/deployment.yaml")
            case "gateway-service":
                self.write("02-gateway-service", "kube/gateway/service.yaml")
                self.apply("kube/gateway/service.yaml")
            case "user-database":
                self.write("03-user-database", "kube/user/deployment.yaml", "kube/user/service.yaml")
                self.apply("kube/database", "kube/user/deployment.yaml", "kube/user/service.yaml")
            case "crash":
                self.crash()
            case "rolling-update":
                self.kubectl("set", "image", "deployments/user-deployment", "user=homics/user-activity:2.0.0")
            case "readiness":
                self.write("06-readiness", "kube/user/deployment.yaml")
                self.apply("kube/user/deployment.yaml")
            case "replicas":
                self.write("07-replicas", "kube/user/deployment.yaml")
                self.apply("kube/user/deployment.yaml")
                self.kubectl("rollout", "status", "deployment/user-deployment", "--timeout=60s")
                # The endpoints follow the pods' readiness within a moment of it.
                time.sleep(3)
                self.crash()

    def leave(self) -> None:
        self.watch.terminate()
        self.watch.wait(20)
        self.log.close()


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    def forget() -> None:
        subprocess.run(
            ["kubectl", "delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=90s"],
            check=True,
            timeout=120,
        )

    forget()
    subprocess.run(["kubectl", "create", "namespace", NAMESPACE], check=True, timeout=30)
    someone = Learner(tmp_path)
    try:
        yield someone
    finally:
        someone.leave()
        forget()


def test_every_step_goes_from_red_to_green_in_order(learner: Learner) -> None:
    for step in (
        "gateway-deployment",
        "gateway-service",
        "user-database",
        "crash",
        "rolling-update",
        "readiness",
        "replicas",
    ):
        code, before = learner.check(step)
        assert code != 0, f"{step} is green before the learner acts: {before}"
        learner.act(step)
        code, after = learner.check(step, wait=120)
        assert code == 0, f"{step} is not green after the learner acted: {json.dumps(after, indent=1)}"
    assert b"Traceback" not in Path(learner.log.name).read_bytes()
