"""Deployments over the real store: what a rollout, a pause, an undo and a deletion do, step by step."""

from __future__ import annotations

import pytest

from tests.practice.controllers.cluster import Cluster, deployment


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def roll(cluster: Cluster) -> list[dict[str, tuple[int, int, int]]]:
    """Let pods become ready and go until the rollout rests; the sizes after each step."""
    seen = []
    for _ in range(20):
        before = cluster.store.resource_version
        seen.append(cluster.sizes())
        cluster.all_ready()
        cluster.remove_ended()
        if cluster.store.resource_version == before:
            return seen
    raise AssertionError("the rollout does not end")


def test_a_new_deployment_has_its_pods_and_says_so(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=2))
    assert cluster.sizes() == {"v1": (2, 2, 0)}
    progressing = cluster.condition("Deployment", "web", "Progressing")
    available = cluster.condition("Deployment", "web", "Available")
    assert progressing is not None
    assert available is not None
    assert (available["status"], available["reason"]) == ("False", "MinimumReplicasUnavailable")
    assert progressing["reason"] == "ReplicaSetUpdated"
    cluster.all_ready()
    progressing = cluster.condition("Deployment", "web", "Progressing")
    assert progressing is not None
    assert progressing["reason"] == "NewReplicaSetAvailable"
    assert progressing["message"].startswith('ReplicaSet "web-')
    assert progressing["message"].endswith('" has successfully progressed.')
    status = cluster.get("Deployment", "web")["status"]
    assert {key: status[key] for key in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")} == {
        "replicas": 2,
        "updatedReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
    }


def test_its_pods_carry_the_template_and_their_owner(cluster: Cluster) -> None:
    cluster.create(deployment())
    replica_set = cluster.store.list("ReplicaSet", "default")[0]
    pod = cluster.pods()[0]
    hashed = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{hashed}"
    assert 8 <= len(hashed) <= 10
    assert set(hashed) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert pod["metadata"]["labels"] == {"app": "web", "pod-template-hash": hashed}
    assert pod["metadata"]["name"].startswith(f"web-{hashed}-")
    assert len(pod["metadata"]["name"]) == len(f"web-{hashed}-") + 5
    owner = pod["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("ReplicaSet", replica_set["metadata"]["name"], True)
    assert replica_set["metadata"]["ownerReferences"][0]["kind"] == "Deployment"
    assert pod["metadata"]["generation"] == 1
    assert pod["spec"]["nodeName"] == "minikube"


def test_a_rolling_update_replaces_one_pod_after_the_other(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=3))
    cluster.all_ready()
    cluster.set_image("web", "v2")
    steps = roll(cluster)
    assert [{image: size[0] for image, size in step.items()} for step in steps[:4]] == [
        {"v1": 3, "v2": 1},
        {"v1": 2, "v2": 2},
        {"v1": 1, "v2": 3},
        {"v1": 0, "v2": 3},
    ]
    assert min(sum(size[2] for size in step.values()) for step in steps) == 3


def test_ten_pods_never_fall_below_what_may_be_unavailable_nor_rise_above_the_surge(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=10))
    cluster.all_ready()
    cluster.set_image("web", "v2")
    for step in roll(cluster):
        assert sum(size[2] for size in step.values()) >= 8
        assert sum(size[0] for size in step.values()) <= 13
    assert cluster.sizes() == {"v1": (0, 0, 0), "v2": (10, 10, 10)}


def test_recreate_waits_for_the_last_old_pod_to_be_gone(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=2, strategy={"type": "Recreate"}))
    cluster.all_ready()
    cluster.set_image("web", "v2")
    assert cluster.sizes() == {"v1": (0, 0, 0)}
    assert len(cluster.pods(gone=True)) == 2
    cluster.store.finalize("Pod", "default", cluster.pods(gone=True)[0]["metadata"]["name"])
    cluster.settle()
    assert set(cluster.sizes()) == {"v1"}
    cluster.remove_ended()
    assert cluster.sizes() == {"v1": (0, 0, 0), "v2": (2, 2, 0)}


def test_going_back_to_an_old_template_takes_its_replica_set_again(cluster: Cluster) -> None:
    cluster.create(deployment())
    cluster.all_ready()
    first = cluster.store.list("ReplicaSet", "default")[0]["metadata"]["name"]
    cluster.set_image("web", "v2")
    roll(cluster)
    cluster.set_image("web", "v1")
    roll(cluster)
    again = cluster.get("ReplicaSet", first)
    assert again["spec"]["replicas"] == 1
    annotations = again["metadata"]["annotations"]
    assert annotations["deployment.kubernetes.io/revision"] == "3"
    assert annotations["deployment.kubernetes.io/revision-history"] == "1"
    assert cluster.get("Deployment", "web")["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"


def test_old_replica_sets_beyond_the_history_limit_are_removed(cluster: Cluster) -> None:
    cluster.create(deployment(revisionHistoryLimit=2))
    roll(cluster)
    for image in ("v2", "v3", "v4", "v5"):
        cluster.set_image("web", image)
        roll(cluster)
    assert sorted(cluster.sizes()) == ["v3", "v4", "v5"]


def test_a_paused_deployment_takes_the_size_but_not_the_template(cluster: Cluster) -> None:
    cluster.create(deployment())
    cluster.all_ready()
    cluster.change("Deployment", "web", paused=True)
    cluster.set_image("web", "v2")
    cluster.change("Deployment", "web", replicas=2)
    assert cluster.sizes() == {"v1": (2, 2, 1)}
    paused = cluster.condition("Deployment", "web", "Progressing")
    assert paused is not None
    assert (paused["status"], paused["reason"], paused["message"]) == (
        "Unknown",
        "DeploymentPaused",
        "Deployment is paused",
    )
    cluster.change("Deployment", "web", paused=False)
    assert cluster.sizes()["v2"][0] == 1


async def test_a_rollout_that_does_not_get_on_runs_into_its_deadline_and_not_back(cluster: Cluster) -> None:
    cluster.create(deployment(progressDeadlineSeconds=60))
    cluster.all_ready()
    cluster.set_image("web", "bad")
    await cluster.wait(50)
    progressing = cluster.condition("Deployment", "web", "Progressing")
    assert progressing is not None
    assert progressing["reason"] == "ReplicaSetUpdated"
    await cluster.wait(15)
    progressing = cluster.condition("Deployment", "web", "Progressing")
    assert progressing is not None
    assert (progressing["status"], progressing["reason"]) == ("False", "ProgressDeadlineExceeded")
    assert progressing["message"].endswith('" has timed out progressing.')
    assert cluster.sizes() == {"bad": (1, 1, 0), "v1": (1, 1, 1)}


def test_the_template_s_annotations_and_the_change_cause_reach_the_replica_set(cluster: Cluster) -> None:
    wanted = deployment()
    wanted["metadata"]["annotations"] = {
        "kubernetes.io/change-cause": "first",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    cluster.create(wanted)
    annotations = cluster.store.list("ReplicaSet", "default")[0]["metadata"]["annotations"]
    assert annotations == {
        "kubernetes.io/change-cause": "first",
        "deployment.kubernetes.io/revision": "1",
        "deployment.kubernetes.io/desired-replicas": "1",
        "deployment.kubernetes.io/max-replicas": "2",
    }


def test_events_name_the_replica_set_and_its_sizes(cluster: Cluster) -> None:
    cluster.create(deployment())
    cluster.all_ready()
    cluster.set_image("web", "v2")
    roll(cluster)
    old, new = (rs["metadata"]["name"] for rs in sorted(cluster.store.list("ReplicaSet"), key=image_of))
    assert cluster.events("ScalingReplicaSet") == [
        f"Scaled up replica set {old} from 0 to 1",
        f"Scaled up replica set {new} from 0 to 1",
        f"Scaled down replica set {old} from 1 to 0",
    ]


def image_of(replica_set: dict[str, object]) -> str:
    return str(replica_set["spec"]["template"]["spec"]["containers"][0]["image"])  # type: ignore[index]


async def test_an_orphaned_replica_set_is_adopted_with_its_pods(cluster: Cluster) -> None:
    cluster.create(deployment())
    cluster.all_ready()
    pod = cluster.pods()[0]["metadata"]["name"]
    cluster.delete("Deployment", "web", propagation="Orphan")
    await cluster.wait(0.1)
    assert "ownerReferences" not in cluster.store.list("ReplicaSet", "default")[0]["metadata"]
    cluster.create(deployment())
    assert len(cluster.store.list("ReplicaSet", "default")) == 1
    assert [p["metadata"]["name"] for p in cluster.pods()] == [pod]


def test_deleting_it_takes_everything_with_it(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=2))
    cluster.all_ready()
    cluster.delete("Deployment", "web")
    assert cluster.store.list("ReplicaSet", "default") == []
    assert cluster.pods() == []
    cluster.remove_ended()
    assert cluster.pods(gone=True) == []


def test_the_status_and_the_revision_are_written_together(cluster: Cluster) -> None:
    """As a real controller does: no watcher sees a revision without its condition."""
    changes: list[tuple[str, bool]] = []

    def note(event: object) -> None:
        obj = getattr(event, "object")  # noqa: B009
        if obj["kind"] == "Deployment":
            annotations = obj["metadata"].get("annotations") or {}
            changes.append((annotations.get("deployment.kubernetes.io/revision", ""), bool(obj["status"])))

    cluster.store.subscribe(note)
    cluster.create(deployment())
    assert changes[:2] == [("", False), ("1", True)]
