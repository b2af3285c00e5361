"""Rollouts that cannot go on, and scaling in the middle of them, as a real controller did them (v1.34.2).

Each case: a Deployment of `replicas` pods gets an image whose pods never become ready (`stuck`), and is then scaled
(`scaled`). Sizes are [spec.replicas, max-replicas, desired-replicas] of the ReplicaSets of both images.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster, deployment
from tutor.practice.controllers import revisions

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "recorded" / "rollouts.json").read_text("utf-8"))[
    "cases"
]


def sizes(cluster: Cluster) -> dict[str, list[int]]:
    result = {}
    for rs in cluster.store.list("ReplicaSet", "default"):
        image = rs["spec"]["template"]["spec"]["containers"][0]["image"]
        annotations = rs["metadata"]["annotations"]
        result[image] = [
            rs["spec"]["replicas"],
            int(annotations.get(revisions.MAX, 0)),
            int(annotations.get(revisions.DESIRED, 0)),
        ]
    return result


def settle(cluster: Cluster) -> None:
    """Good pods become ready, deleted ones go, until nothing changes."""
    for _ in range(40):
        before = cluster.store.resource_version
        for pod in cluster.pods():
            if pod["spec"]["containers"][0]["image"] == "1.0.0" and pod["status"]["phase"] == "Pending":
                cluster.set_ready(pod)
        cluster.remove_ended()
        if cluster.store.resource_version == before:
            return
    raise AssertionError("no rest")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: f"{c['replicas']}-{c['maxSurge']}-{c['maxUnavailable']}-to-{c['scaled_to']}"
)
def test_sizes_are_those_of_the_real_controller(case: dict[str, Any]) -> None:
    cluster = Cluster()
    rolling = {"maxSurge": case["maxSurge"], "maxUnavailable": case["maxUnavailable"]}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    cluster.create(deployment(replicas=case["replicas"], image="1.0.0", strategy=strategy))
    settle(cluster)
    cluster.set_image("web", "bad")
    settle(cluster)
    assert sizes(cluster) == case["stuck"]
    cluster.change("Deployment", "web", replicas=case["scaled_to"])
    settle(cluster)
    assert sizes(cluster) == case["scaled"]
    status = cluster.get("Deployment", "web")["status"]
    assert {name: status.get(name, 0) for name in case["status"]} == case["status"]
    conditions = {c["type"]: [c["status"], c["reason"]] for c in status["conditions"]}
    assert conditions == case["conditions"]
