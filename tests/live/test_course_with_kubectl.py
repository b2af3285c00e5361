"""A scripted learner solves the exercise through the real kubectl; the tutor watches from another terminal.

Every step is red before the learner acts and green after, in order.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.live.learner import STEPS, Learner

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]


def act(learner: Learner, step: str) -> None:
    match step:
        case "gateway-deployment":
            learner.write(step)
            learner.apply("kube/gateway/deployment.yaml")
        case "gateway-service":
            learner.write(step)
            learner.apply("kube/gateway/service.yaml")
        case "user-database":
            learner.write(step)
            learner.apply("kube/database", "kube/user/deployment.yaml", "kube/user/service.yaml")
        case "crash":
            learner.crash()
        case "rolling-update":
            learner.kubectl("set", "image", "deployments/user-deployment", "user=homics/user-activity:2.0.0")
        case "readiness":
            learner.write(step)
            learner.apply("kube/user/deployment.yaml")
        case "replicas":
            learner.write(step)
            learner.apply("kube/user/deployment.yaml")
            learner.kubectl("rollout", "status", "deployment/user-deployment", "--timeout=60s")
            # The endpoints follow the pods' readiness within a moment of it.
            time.sleep(3)
            learner.crash()


def test_every_step_goes_from_red_to_green_in_order(learner: Learner, tmp_path: Path) -> None:
    log = tmp_path / "watch.log"
    with learner.watch(log) as watch:
        for step in STEPS:
            code, before = learner.check(step)
            assert code != 0, f"{step} is green before the learner acts: {before}"
            act(learner, step)
            code, after = learner.check(step, wait=120)
            assert code == 0, f"{step} is not green after the learner acted: {json.dumps(after, indent=1)}"
        assert watch.poll() is None
    said = log.read_text()
    assert "Traceback" not in said
    for line in (
        "0/1 Completed",
        "restarts 1",
        "user answers 2.0.0",
        "stopped",
    ):
        assert line in said
    done = learner.tutor("steps", *learner.options).stdout
    assert done.count(" passed ") == len(STEPS)
