"""ReplicaSets: how many pods, which ones go, whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster, deployment
from tutor.kube.times import format_unix
from tutor.practice.controllers import replicaset_plan
from tutor.practice.controllers.victims import DELETION_COST, victims
from tutor.practice.store.errors import Forbidden

NOW = 1_760_000_000.0


def pod(
    name: str,
    *,
    node: str = "minikube",
    phase: str = "Running",
    ready: float | None = 100.0,
    cost: str | None = None,
    restarts: int = 0,
    age: float = 1000.0,
) -> dict[str, Any]:
    """`ready` and `age`: seconds ago; `ready` None: it is not."""
    metadata: dict[str, Any] = {"name": name, "uid": name, "creationTimestamp": format_unix(NOW - age)}
    if cost is not None:
        metadata["annotations"] = {DELETION_COST: cost}
    since = format_unix(NOW - (ready if ready is not None else 5.0))
    condition = {"type": "Ready", "status": str(ready is not None), "lastTransitionTime": since}
    return {
        "metadata": metadata,
        "spec": {"nodeName": node} if node else {},
        "status": {"phase": phase, "conditions": [condition], "containerStatuses": [{"restartCount": restarts}]},
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pod("b", node=""), pod("a")),
        (pod("b", phase="Pending", ready=None), pod("a", phase="Unknown", ready=None)),
        (pod("b", phase="Unknown", ready=None), pod("a", ready=None)),
        (pod("b", ready=None), pod("a")),
        (pod("b", cost="-5"), pod("a")),
        (pod("b"), pod("a", cost="1")),
        (pod("b", ready=10), pod("a", ready=5000)),
        (pod("b", restarts=3), pod("a", restarts=1)),
        (pod("b", ready=None, restarts=3), pod("a", ready=None)),
        (pod("b", age=10, ready=5), pod("a", age=5000, ready=5)),
        (pod("a", ready=100), pod("b", ready=101)),
        (pod("b", cost="no number", ready=10), pod("a", ready=5000)),
    ],
    ids=[
        "unassigned before assigned",
        "pending before unknown",
        "unknown before running",
        "not ready before ready",
        "cheaper first",
        "no cost is 0",
        "ready more recently first",
        "more restarts first",
        "more restarts first among those not ready",
        "newer first",
        "of almost equal age the lower uid",
        "a cost that is no number is 0",
    ],
)
def test_who_goes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert victims([second, first], 1, NOW) == (first,)
    assert victims([first, second], 1, NOW) == (first,)


@pytest.mark.parametrize(
    ("count", "batches"),
    [(0, []), (1, [1]), (2, [1, 1]), (3, [1, 2]), (10, [1, 2, 4, 3]), (500, [1, 2, 4, 8, 16, 32, 64, 128, 245])],
)
def test_pods_are_made_in_growing_batches(count: int, batches: list[int]) -> None:
    assert replicaset_plan.slow_start(count) == batches


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.create(deployment(replicas=3))
    cluster.all_ready()
    return cluster


def test_a_deleted_pod_is_replaced_at_once_and_counts_no_more(cluster: Cluster) -> None:
    gone = cluster.pods()[0]["metadata"]["name"]
    cluster.delete("Pod", gone)
    assert len(cluster.pods()) == 3
    assert len(cluster.pods(gone=True)) == 4
    assert cluster.sizes() == {"v1": (3, 3, 2)}


def test_a_pod_that_has_ended_is_replaced(cluster: Cluster) -> None:
    pod = cluster.pods()[0]
    cluster.store.update({**pod, "status": {**pod["status"], "phase": "Failed"}}, subresource="status")
    cluster.settle()
    assert len(cluster.pods()) == 4
    assert cluster.sizes() == {"v1": (3, 3, 2)}


def test_a_pod_without_the_label_is_let_go_and_replaced(cluster: Cluster) -> None:
    pod = cluster.pods()[0]
    labels = {**pod["metadata"]["labels"], "app": "other"}
    cluster.store.update({**pod, "metadata": {**pod["metadata"], "labels": labels}})
    cluster.settle()
    free = cluster.get("Pod", pod["metadata"]["name"])
    assert "ownerReferences" not in free["metadata"]
    assert len(cluster.pods()) == 4


def test_a_matching_pod_without_owner_is_adopted_and_one_too_many_goes(cluster: Cluster) -> None:
    labels = cluster.pods()[0]["metadata"]["labels"]
    container = {"name": "web", "image": "v1"}
    orphan = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stray", "namespace": "default"}}
    cluster.create(
        {**orphan, "metadata": {**orphan["metadata"], "labels": labels}, "spec": {"containers": [container]}}
    )
    # It has no node yet, so it is the one that goes, and at once.
    assert cluster.store.get("Pod", "default", "stray") is None
    assert cluster.events("SuccessfulDelete") == ["Deleted pod: stray"]
    assert cluster.sizes() == {"v1": (3, 3, 3)}


def test_status_counts_labels_readiness_and_availability(cluster: Cluster) -> None:
    cluster.set_ready(cluster.pods()[0], False)
    status = cluster.store.list("ReplicaSet", "default")[0]["status"]
    assert status == {
        "replicas": 3,
        "fullyLabeledReplicas": 3,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "observedGeneration": 1,
    }


async def test_a_ready_pod_is_available_after_min_ready_seconds() -> None:
    cluster = Cluster()
    cluster.create(deployment(minReadySeconds=10))
    cluster.all_ready()
    assert cluster.sizes() == {"v1": (1, 1, 0)}
    await cluster.wait(11)
    assert cluster.sizes() == {"v1": (1, 1, 1)}


def test_a_refused_pod_is_said_in_condition_and_event_and_tried_again() -> None:
    cluster = Cluster()
    allowed = cluster.store.admit

    def refuse(obj: dict[str, Any]) -> dict[str, Any]:
        if obj["kind"] == "Pod":
            raise Forbidden("Pod", "", "exceeded quota")
        return allowed(obj)

    cluster.store.admit = refuse
    cluster.create(deployment(replicas=5))
    failure = cluster.condition("Deployment", "web", "ReplicaFailure")
    assert failure is not None
    assert (failure["status"], failure["reason"]) == ("True", "FailedCreate")
    assert cluster.events("FailedCreate") == ['Error creating: pods "" is forbidden: exceeded quota']
    cluster.store.admit = allowed
    cluster.clock._now += 60
    cluster.settle()
    assert len(cluster.pods()) == 5
    assert cluster.condition("Deployment", "web", "ReplicaFailure") is None
