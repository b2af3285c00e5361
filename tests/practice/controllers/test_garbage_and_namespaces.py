"""What goes with its owner, what a namespace takes with it, and what a new one is given."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster, deployment, service
from tutor.practice.controllers.namespace import ROOT_CA


def config_map(name: str, *owners: dict[str, Any], namespace: str = "default", **metadata: Any) -> dict[str, Any]:
    references = [
        {
            "apiVersion": "v1",
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": True,
        }
        for owner in owners
    ]
    body = {"name": name, "namespace": namespace, **metadata}
    if references:
        body["ownerReferences"] = references
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": body, "data": {}}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def names(cluster: Cluster, kind: str = "ConfigMap") -> list[str]:
    return [o["metadata"]["name"] for o in cluster.store.list(kind, "default") if o["metadata"]["name"] != ROOT_CA]


def test_in_the_background_the_owner_goes_first(cluster: Cluster) -> None:
    cluster.create(config_map("owner"))
    cluster.create(config_map("child", cluster.get("ConfigMap", "owner")))
    cluster.store.delete("ConfigMap", "default", "owner")
    assert names(cluster) == ["child"]
    cluster.settle()
    assert names(cluster) == []


def test_in_the_foreground_the_owner_goes_last(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=1))
    cluster.all_ready()
    cluster.delete("Deployment", "web", propagation="Foreground")
    going = cluster.get("Deployment", "web")["metadata"]
    assert going["finalizers"] == ["foregroundDeletion"]
    assert cluster.get("ReplicaSet", names(cluster, "ReplicaSet")[0])["metadata"]["finalizers"] == [
        "foregroundDeletion"
    ]
    assert cluster.pods() == []
    cluster.remove_ended()
    assert names(cluster, "ReplicaSet") == []
    assert cluster.store.get("Deployment", "default", "web") is None


async def test_orphaned_children_stay_without_an_owner(cluster: Cluster) -> None:
    cluster.create(deployment(replicas=1))
    cluster.delete("Deployment", "web", propagation="Orphan")
    await cluster.wait(0.1)
    assert cluster.store.get("Deployment", "default", "web") is None
    [replica_set] = cluster.store.list("ReplicaSet", "default")
    assert "ownerReferences" not in replica_set["metadata"]
    assert len(cluster.pods()) == 1


def test_a_child_of_two_goes_with_the_last(cluster: Cluster) -> None:
    cluster.create(config_map("one"), config_map("two"))
    owners = [cluster.get("ConfigMap", "one"), cluster.get("ConfigMap", "two")]
    cluster.create(config_map("child", *owners))
    cluster.delete("ConfigMap", "one")
    child = cluster.get("ConfigMap", "child")
    assert [ref["name"] for ref in child["metadata"]["ownerReferences"]] == ["two"]
    cluster.delete("ConfigMap", "two")
    assert names(cluster) == []


def test_a_child_whose_owner_never_was_goes(cluster: Cluster) -> None:
    nobody = {"kind": "ConfigMap", "metadata": {"name": "nobody", "uid": "0"}}
    cluster.create(config_map("child", nobody))
    assert names(cluster) == []


def test_an_owner_of_the_same_name_but_another_uid_is_not_the_owner(cluster: Cluster) -> None:
    cluster.create(config_map("owner"))
    cluster.create(config_map("child", cluster.get("ConfigMap", "owner")))
    cluster.store.delete("ConfigMap", "default", "owner")
    cluster.store.create(config_map("owner"))
    cluster.settle()
    assert names(cluster) == ["owner"]


def test_a_child_with_a_finalizer_of_its_own_waits_for_it(cluster: Cluster) -> None:
    cluster.create(config_map("owner"))
    cluster.create(config_map("child", cluster.get("ConfigMap", "owner"), finalizers=["example.org/x"]))
    cluster.delete("ConfigMap", "owner", propagation="Foreground")
    assert names(cluster) == ["child", "owner"]
    child = cluster.get("ConfigMap", "child")
    metadata = {key: value for key, value in child["metadata"].items() if key != "finalizers"}
    cluster.store.update({**child, "metadata": metadata})
    cluster.settle()
    assert names(cluster) == []


def test_a_new_namespace_has_its_service_account_and_the_ca(cluster: Cluster) -> None:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})
    assert cluster.get("ServiceAccount", "default", "mine")["metadata"]["name"] == "default"
    assert cluster.get("ConfigMap", ROOT_CA, "mine")["data"] == {"ca.crt": "CERTIFICATE"}
    cluster.store.delete("ServiceAccount", "mine", "default")
    cluster.store.delete("ConfigMap", "mine", ROOT_CA)
    cluster.settle()
    assert cluster.store.get("ServiceAccount", "mine", "default") is not None
    assert cluster.store.get("ConfigMap", "mine", ROOT_CA) is not None


def test_a_deleted_namespace_empties_itself_and_goes(cluster: Cluster) -> None:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})
    for obj in (deployment(), service()):
        obj["metadata"]["namespace"] = "mine"
        cluster.create(obj)
    cluster.delete("Namespace", "mine")
    [pod] = cluster.store.list("Pod", "mine")
    status = cluster.get("Namespace", "mine", "")["status"]
    assert status["phase"] == "Terminating"
    conditions = {c["type"]: (c["status"], c["reason"], c["message"]) for c in status["conditions"]}
    assert conditions["NamespaceContentRemaining"][:2] == ("True", "SomeResourcesRemain")
    assert "pods. has 1 resource instances" in conditions["NamespaceContentRemaining"][2]
    assert conditions["NamespaceFinalizersRemaining"] == (
        "False",
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    )
    cluster.store.finalize("Pod", "mine", pod["metadata"]["name"])
    cluster.settle()
    assert cluster.store.get("Namespace", "", "mine") is None
    assert [kind for kind in cluster.store.kinds() if cluster.store.list(kind, "mine")] == []


def test_a_finalizer_holds_the_namespace_and_is_named(cluster: Cluster) -> None:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "mine"}})
    cluster.create(config_map("held", namespace="mine", finalizers=["example.org/x"]))
    cluster.delete("Namespace", "mine")
    status = cluster.get("Namespace", "mine", "")["status"]
    finalizers = next(c for c in status["conditions"] if c["type"] == "NamespaceFinalizersRemaining")
    assert finalizers["message"] == (
        "Some content in the namespace has finalizers remaining: example.org/x in 1 resource instances"
    )
    held = cluster.get("ConfigMap", "held", "mine")
    metadata = {key: value for key, value in held["metadata"].items() if key != "finalizers"}
    cluster.store.update({**held, "metadata": metadata})
    cluster.settle()
    assert cluster.store.get("Namespace", "", "mine") is None


def test_the_first_objects_are_there_and_installed_once(cluster: Cluster) -> None:
    assert [n["metadata"]["name"] for n in cluster.store.list("Namespace")] == [
        "default",
        "kube-node-lease",
        "kube-public",
        "kube-system",
    ]
    api = cluster.get("Service", "kubernetes")
    assert (api["spec"]["clusterIP"], api["spec"]["ports"][0]["targetPort"]) == ("10.96.0.1", 8443)
    assert cluster.get("Endpoints", "kubernetes")["subsets"] == [
        {"addresses": [{"ip": "127.0.0.1"}], "ports": [{"name": "https", "port": 8443, "protocol": "TCP"}]}
    ]
    node = cluster.get("Node", "minikube", "")
    assert "node-role.kubernetes.io/control-plane" in node["metadata"]["labels"]
