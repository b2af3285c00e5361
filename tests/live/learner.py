"""A scripted learner: a folder, a namespace, the real kubectl, and the tutor's commands as processes of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SOLUTIONS = {
    "gateway-deployment": ("01-gateway-deployment", ("kube/gateway/deployment.yaml",)),
    "gateway-service": ("02-gateway-service", ("kube/gateway/service.yaml",)),
    "user-database": ("03-user-database", ("kube/user/deployment.yaml", "kube/user/service.yaml")),
    "readiness": ("06-readiness", ("kube/user/deployment.yaml",)),
    "replicas": ("07-replicas", ("kube/user/deployment.yaml",)),
}
"""Slug → folder of its solution, and the files that the learner writes."""
STEPS = (
    "gateway-deployment",
    "gateway-service",
    "user-database",
    "crash",
    "rolling-update",
    "readiness",
    "replicas",
)


def kubectl(*words: str, check: bool = True, text: str | None = None) -> str:
    done = subprocess.run(["kubectl", *words], check=False, capture_output=True, text=True, timeout=90, input=text)
    assert not check or done.returncode == 0, done.stderr
    return done.stdout


@dataclass(frozen=True)
class Learner:
    workspace: Path
    namespace: str
    environment: Mapping[str, str]

    @property
    def options(self) -> list[str]:
        return ["--workspace", str(self.workspace), "--namespace", self.namespace]

    def tutor(self, *words: str, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tutor", *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def check(self, step: str, wait: int = 0) -> tuple[int, dict[str, Any]]:
        """Exit code and the JSON answer of `homics-tutor check`."""
        done = self.tutor("check", step, "--format", "json", "--wait", str(wait), *self.options, timeout=wait + 60)
        return done.returncode, json.loads(done.stdout)

    def write(self, step: str) -> None:
        """Complete the files of a step as the reference does."""
        folder, files = SOLUTIONS[step]
        for file in files:
            shutil.copy(ROOT / "solutions" / folder / file, self.workspace / file)

    def kubectl(self, *words: str, check: bool = True, text: str | None = None) -> str:
        return kubectl("--namespace", self.namespace, *words, check=check, text=text)

    def apply(self, *files: str, how: tuple[str, ...] = ("apply",)) -> None:
        self.kubectl(*how, *(word for file in files for word in ("-f", str(self.workspace / file))))

    def crash(self) -> None:
        """As the Crash button: the answer never comes, since the application ends."""
        path = f"/api/v1/namespaces/{self.namespace}/services/user:9001/proxy/user/crash"
        kubectl("get", "--raw", path, check=False)

    @contextmanager
    def watch(self, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """`homics-tutor watch` in another terminal."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tutor", "watch", *self.options],
                env=self.environment,
                stdout=output,
                stderr=output,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(20)
