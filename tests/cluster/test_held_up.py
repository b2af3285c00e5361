"""Why a Deployment does not go on, from conditions as Kubernetes v1.34.2 writes them."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.cluster.entries import deployment_entry

Condition = tuple[str, str, str]
"""Its type, its status and its reason."""

DONE: Condition = ("Progressing", "True", "NewReplicaSetAvailable")
GOES_ON: Condition = ("Progressing", "True", "ReplicaSetUpdated")
TIMED_OUT: Condition = ("Progressing", "False", "ProgressDeadlineExceeded")
PAUSED: Condition = ("Progressing", "Unknown", "DeploymentPaused")
RESUMED: Condition = ("Progressing", "Unknown", "DeploymentResumed")
REFUSED: Condition = ("ReplicaFailure", "True", "FailedCreate")
THERE: Condition = ("Available", "True", "MinimumReplicasAvailable")
LACKING: Condition = ("Available", "False", "MinimumReplicasUnavailable")


def deployment(conditions: tuple[Condition, ...], **spec: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "user-deployment", "uid": "d", "generation": 2},
        "spec": {"replicas": 1, **spec},
        "status": {
            "observedGeneration": 2,
            "conditions": [{"type": kind, "status": status, "reason": reason} for kind, status, reason in conditions],
        },
    }


@pytest.mark.parametrize(
    ("conditions", "spec", "held_up"),
    [
        pytest.param((THERE, DONE), {}, "", id="done"),
        pytest.param((THERE, GOES_ON), {}, "", id="under way"),
        pytest.param((LACKING, DONE), {}, "", id="its pod crashed"),
        pytest.param((THERE, RESUMED), {}, "", id="just resumed"),
        pytest.param((), {}, "", id="just made"),
        pytest.param((THERE, TIMED_OUT), {}, "ProgressDeadlineExceeded", id="an image that is not there"),
        pytest.param((THERE, PAUSED), {"paused": True}, "DeploymentPaused", id="paused"),
        pytest.param((THERE, TIMED_OUT), {"paused": True}, "DeploymentPaused", id="paused after it timed out"),
        pytest.param((GOES_ON, LACKING, REFUSED), {}, "FailedCreate", id="a quota"),
        pytest.param((LACKING, REFUSED, TIMED_OUT), {}, "FailedCreate", id="a quota, for long"),
    ],
)
def test_the_conditions_say_why_it_does_not_go_on(
    conditions: tuple[Condition, ...], spec: dict[str, Any], held_up: str
) -> None:
    assert deployment_entry(deployment(conditions, **spec), 1.0, False, listed=False).held_up == held_up
