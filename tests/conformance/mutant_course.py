"""A learner's wrong file, applied: what the tutor finds then, on whichever cluster."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.normalise import normalise
from tests.scenarios.corpus import course

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0


LOOKS = 8


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutation of a step's reference that Kubernetes accepts, and how the pods are when it has shown."""

    name: str
    step: str
    file: str
    old: str
    new: str
    settled: tuple[str, str]
    """Words of kubectl, and what they print then."""
    without: str = ""
    """A given folder that the learner forgets to apply."""


_USER_READY = ("get deployment user-deployment -o jsonpath={.status.availableReplicas}", "1")
_GATEWAY_READY = ("get deployment gateway-deployment -o jsonpath={.status.availableReplicas}", "1")
_USER, _GATEWAY = "kube/user", "kube/gateway"
MUTANTS = (
    Mutant(
        "a typing mistake in the image's name",
        "gateway-deployment",
        f"{_GATEWAY}/deployment.yaml",
        "homics/gateway:1.0.0",
        "homics/gatway:1.0.0",
        ("get pods -o jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}", "ImagePullBackOff"),
    ),
    Mutant(
        "a tag that does not exist",
        "gateway-deployment",
        f"{_GATEWAY}/deployment.yaml",
        "homics/gateway:1.0.0",
        "homics/gateway:1.0",
        ("get pods -o jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}", "ImagePullBackOff"),
    ),
    Mutant(
        "a selector that finds no pod",
        "gateway-service",
        f"{_GATEWAY}/service.yaml",
        "app: gateway",
        "app: gatewy",
        _GATEWAY_READY,
    ),
    Mutant(
        "a port that nothing listens on",
        "gateway-service",
        f"{_GATEWAY}/service.yaml",
        "targetPort: 8080",
        "targetPort: 80",
        _GATEWAY_READY,
    ),
    Mutant(
        "a Service name that the gateway does not call",
        "user-database",
        f"{_USER}/service.yaml",
        "name: user",
        "name: user-service",
        _USER_READY,
    ),
    Mutant(
        "the gateway's label at the user Service",
        "user-database",
        f"{_USER}/service.yaml",
        "app: user",
        "app: gateway",
        _USER_READY,
    ),
    Mutant(
        "no database",
        "user-database",
        "",
        "",
        "",
        (
            # Twice, so that it waits for longer than the check takes.
            "get pods -l app=user -o"
            " jsonpath={.items[*].status.containerStatuses[0].restartCount}"
            "{.items[*].status.containerStatuses[0].state.waiting.reason}",
            "2CrashLoopBackOff",
        ),
        without="kube/database",
    ),
    Mutant(
        "the probe asks for another page",
        "readiness",
        f"{_USER}/deployment.yaml",
        "path: /user/internal/version",
        "path: /internal/version",
        ("get pods -l app=user -o jsonpath={.items[*].status.containerStatuses[0].started}", "true"),
    ),
)


def findings(
    mutant: Mutant, namespace: str, folder: Path, environment: Mapping[str, str], wanted: list[dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """All that did not pass, normalised. Raises: `AssertionError` where the pods do not come to the mutant's state.

    A container that has just started again has not logged its cause yet: so there are some looks, until one finds what
    is `wanted`.
    """
    workspace = folder / "exercise"
    shutil.copytree(ROOT / "starter", workspace)
    known = course()
    for file, source in known.reference(mutant.step).items():
        shutil.copy(source, workspace / file)
    if mutant.old:
        path = workspace / mutant.file
        text = path.read_text("utf-8")
        assert text.count(mutant.old) >= 1, f"{mutant.file} does not hold {mutant.old!r}"
        path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    for file in _applied(mutant, workspace):
        _apply(file, namespace, environment)
    _until(mutant.settled, namespace, environment)
    if mutant.step == "user-database" and not mutant.without:
        path = f"/api/v1/namespaces/{namespace}/services/gateway:8080/proxy/login"
        _until_answered(path, namespace, environment)
    # What the tutor looks at beside the pods follows them: endpoints, rollouts.
    time.sleep(1)
    found = _look(mutant, workspace, namespace, folder, environment)
    for _ in range(LOOKS):
        if wanted is None or found == wanted:
            break
        time.sleep(2)
        found = _look(mutant, workspace, namespace, folder, environment)
    return found


def _look(
    mutant: Mutant, workspace: Path, namespace: str, folder: Path, environment: Mapping[str, str]
) -> list[dict[str, Any]]:
    # Said by name: the practice cluster is in a state folder that this learner's tutor does not know.
    context = yaml.safe_load(Path(environment["KUBECONFIG"]).read_text("utf-8"))["current-context"]
    command = [sys.executable, "-m", "tutor", "check", mutant.step, "--format", "json", "--workspace", str(workspace)]
    done = subprocess.run(
        [*command, "--namespace", namespace, "--context", context],
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT), "HOMICS_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, f"{mutant.name} is not found wrong: {done.stdout}{done.stderr}"
    answer = json.loads(done.stdout)
    return [
        {
            key: _normal(finding.get(key), namespace)
            for key in ("rule", "verdict", "severity", "message", "file", "line")
        }
        for finding in answer["findings"]
        if finding["verdict"] != "passed"
    ]


_OF_THE_MOMENT = (
    (re.compile(r"shows (?:Error|CrashLoopBackOff)"), "shows <crash>"),
    (re.compile(r"restarted (?:once|\d+ times?)"), "restarted <count>"),
    # The programs in the containers say it in words of their own.
    (re.compile(r'Its log says: ".*', re.DOTALL), "Its log says: <log line>"),
    # The way hangs on whether this machine has the nodePort free.
    (re.compile(r"(The login does not work) through .*", re.DOTALL), r"\1"),
)


def _normal(value: Any, namespace: str) -> Any:
    if not isinstance(value, str):
        return value
    value = normalise(value, namespace)
    for pattern, same in _OF_THE_MOMENT:
        value = pattern.sub(same, value)
    return value


def _applied(mutant: Mutant, workspace: Path) -> list[Path]:
    """What a learner has applied when the step is reached, in its order."""
    files = ["kube/gateway/deployment.yaml"]
    if mutant.step != "gateway-deployment":
        files.append("kube/gateway/service.yaml")
    if mutant.step in ("user-database", "readiness"):
        files += [] if mutant.without else ["kube/database"]
        files += ["kube/user/deployment.yaml", "kube/user/service.yaml"]
    return [workspace / file for file in files]


def _kubectl(words: list[str], namespace: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["kubectl", "--namespace", namespace, *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def _apply(file: Path, namespace: str, environment: Mapping[str, str]) -> None:
    """Again while the namespace of the mutant before, which goes in the background, has the nodePort still."""
    deadline = time.monotonic() + PATIENCE
    while (done := _kubectl(["apply", "-f", str(file)], namespace, environment)).returncode:
        assert "already allocated" in done.stderr, done.stderr
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.5)


def _until(settled: tuple[str, str], namespace: str, environment: Mapping[str, str]) -> None:
    words, wanted = settled
    deadline = time.monotonic() + PATIENCE
    while (done := _kubectl(words.split(), namespace, environment)).stdout.strip() != wanted:
        assert time.monotonic() < deadline, f"{words}: still {done.stdout!r} {done.stderr!r}, wanted {wanted!r}"
        time.sleep(0.3)


def _until_answered(path: str, namespace: str, environment: Mapping[str, str]) -> None:
    """A pod without a readiness probe counts as ready before its program listens."""
    deadline = time.monotonic() + PATIENCE
    while (done := _kubectl(["get", "--raw", path], namespace, environment)).returncode:
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.3)
