"""Endpoints and EndpointSlices follow the pods' readiness. Shapes as recorded from v1.34.2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster, deployment, service
from tutor.practice.controllers import endpoints_plan, slices_plan


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.create(service(), deployment(replicas=2))
    return cluster


def slices(cluster: Cluster, name: str = "web") -> list[dict[str, Any]]:
    label = "kubernetes.io/service-name"
    return [s for s in cluster.store.list("EndpointSlice", "default") if s["metadata"]["labels"].get(label) == name]


def conditions(cluster: Cluster) -> list[str]:
    """Of each endpoint: ready, serving, terminating as letters; sorted."""
    found = [e["conditions"] for s in slices(cluster) for e in s["endpoints"] or []]
    return sorted("".join(str(c[name])[0] for name in ("ready", "serving", "terminating")) for c in found)


def counts(cluster: Cluster) -> list[tuple[int, int]]:
    """(ready, not ready) of each subset."""
    found = cluster.get("Endpoints", "web").get("subsets") or []
    return [(len(s.get("addresses") or []), len(s.get("notReadyAddresses") or [])) for s in found]


def test_a_service_without_pods_has_empty_endpoints_and_one_empty_slice() -> None:
    cluster = Cluster()
    cluster.create(service())
    endpoints = cluster.get("Endpoints", "web")
    assert "subsets" not in endpoints
    assert endpoints["metadata"]["labels"] == {"endpoints.kubernetes.io/managed-by": "endpoint-controller"}
    [slice_] = slices(cluster)
    assert (slice_["endpoints"], slice_["ports"], slice_["addressType"]) == (None, None, "IPv4")
    assert slice_["metadata"]["labels"] == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert slice_["metadata"]["generateName"] == "web-"
    owner = slice_["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("Service", "web", True)


def test_a_pod_without_an_address_is_no_endpoint(cluster: Cluster) -> None:
    assert counts(cluster) == []
    assert conditions(cluster) == []


def test_readiness_moves_an_address(cluster: Cluster) -> None:
    first, second = cluster.pods()
    cluster.set_ready(first, False)
    cluster.set_ready(second)
    assert counts(cluster) == [(1, 1)]
    assert conditions(cluster) == ["FFF", "TTF"]
    cluster.set_ready(first)
    assert counts(cluster) == [(2, 0)]
    assert conditions(cluster) == ["TTF", "TTF"]


def test_the_empty_slice_becomes_the_first_full_one(cluster: Cluster) -> None:
    before = slices(cluster)[0]["metadata"]
    cluster.all_ready()
    [after] = slices(cluster)
    assert (after["metadata"]["name"], after["metadata"]["uid"]) == (before["name"], before["uid"])
    assert after["metadata"]["generation"] > before["generation"]
    assert after["ports"] == [{"name": "", "port": 80, "protocol": "TCP"}]


def test_an_address_names_its_pod_and_node(cluster: Cluster) -> None:
    pod = cluster.pods()[0]
    cluster.set_ready(pod, address="10.244.0.9")
    [subset] = cluster.get("Endpoints", "web")["subsets"]
    reference = {
        "kind": "Pod",
        "namespace": "default",
        "name": pod["metadata"]["name"],
        "uid": pod["metadata"]["uid"],
    }
    assert subset == {
        "addresses": [{"ip": "10.244.0.9", "nodeName": "minikube", "targetRef": reference}],
        "ports": [{"port": 80, "protocol": "TCP"}],
    }
    assert slices(cluster)[0]["endpoints"] == [
        {
            "addresses": ["10.244.0.9"],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "nodeName": "minikube",
            "targetRef": reference,
        }
    ]


def test_a_pod_being_deleted_leaves_endpoints_at_once_and_its_slice_when_it_is_gone(cluster: Cluster) -> None:
    cluster.all_ready()
    cluster.change("Deployment", "web", replicas=1)
    assert counts(cluster) == [(1, 0)]
    assert conditions(cluster) == ["FTT", "TTF"]
    cluster.remove_ended()
    assert conditions(cluster) == ["TTF"]


def test_a_pod_that_has_ended_is_no_endpoint(cluster: Cluster) -> None:
    cluster.all_ready()
    pod = cluster.pods()[0]
    cluster.store.update({**pod, "status": {**pod["status"], "phase": "Failed"}}, subresource="status")
    cluster.settle()
    assert counts(cluster) == [(1, 0)]


def test_a_changed_selector_and_label_are_followed(cluster: Cluster) -> None:
    cluster.all_ready()
    cluster.change("Service", "web", selector={"app": "nobody"})
    assert counts(cluster) == []
    assert conditions(cluster) == []
    cluster.change("Service", "web", selector={"app": "web"})
    assert counts(cluster) == [(2, 0)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [(80, 80), (9999, 9999), ("http", 80), ("nosuch", None), (None, 8080)],
    ids=["number", "a number that nobody listens on", "name", "a name that no container has", "none: the port itself"],
)
def test_the_target_port(cluster: Cluster, target: int | str | None, expected: int | None) -> None:
    entry: dict[str, Any] = {"port": 8080, "protocol": "TCP"}
    if target is not None:
        entry["targetPort"] = target
    assert endpoints_plan.find_port(cluster.pods()[0], entry) == expected


def test_pods_with_another_number_behind_the_same_name_stand_apart() -> None:
    cluster = Cluster()
    cluster.create(service(ports=[{"port": 8080, "targetPort": "http", "protocol": "TCP", "name": "w"}]))
    cluster.create(deployment())
    other = deployment("other")
    for labels in (other["spec"]["selector"]["matchLabels"], other["spec"]["template"]["metadata"]["labels"]):
        labels |= {"app": "web", "side": "b"}
    other["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = 81
    cluster.create(other)
    cluster.all_ready()
    assert sorted(s["ports"][0]["port"] for s in cluster.get("Endpoints", "web")["subsets"]) == [80, 81]
    assert sorted(s["ports"][0]["port"] for s in slices(cluster)) == [80, 81]


def test_a_service_whose_port_no_pod_has_gets_no_addresses() -> None:
    cluster = Cluster()
    cluster.create(service(ports=[{"port": 8080, "targetPort": "nosuch", "protocol": "TCP"}]), deployment())
    cluster.all_ready()
    assert "subsets" not in cluster.get("Endpoints", "web")
    [slice_] = slices(cluster)
    assert slice_["ports"] is None
    assert len(slice_["endpoints"]) == 1


def test_a_service_that_publishes_everybody_counts_them_as_ready() -> None:
    cluster = Cluster()
    cluster.create(service(publishNotReadyAddresses=True), deployment())
    cluster.set_ready(cluster.pods()[0], False)
    assert counts(cluster) == [(1, 0)]
    assert conditions(cluster) == ["TFF"]


def test_a_headless_service_is_marked() -> None:
    cluster = Cluster()
    cluster.create(service(clusterIP="None"), deployment())
    cluster.all_ready()
    assert cluster.get("Endpoints", "web")["metadata"]["labels"]["service.kubernetes.io/headless"] == ""
    assert slices(cluster)[0]["metadata"]["labels"]["service.kubernetes.io/headless"] == ""


def test_services_without_selector_are_left_to_their_maker() -> None:
    cluster = Cluster()
    cluster.create(service("free", selector=None))
    assert cluster.store.get("Endpoints", "default", "free") is None
    assert slices(cluster, "free") == []


def test_a_deleted_service_takes_its_endpoints_and_slices_with_it(cluster: Cluster) -> None:
    cluster.delete("Service", "web")
    assert cluster.store.get("Endpoints", "default", "web") is None
    assert slices(cluster) == []


def test_nothing_is_written_where_nothing_changes(cluster: Cluster) -> None:
    cluster.all_ready()
    before = cluster.store.resource_version
    pod = cluster.pods()[0]
    status = {**pod["status"], "message": "noise"}
    cluster.store.update({**pod, "status": status}, subresource="status")
    cluster.settle()
    assert cluster.store.resource_version == before + 1


def test_a_slice_holds_a_hundred_endpoints() -> None:
    pods = [
        {
            "metadata": {"name": f"p{n}", "namespace": "default", "uid": f"u{n}", "labels": {"app": "web"}},
            "spec": {"containers": []},
            "status": {"podIP": f"10.244.1.{n % 250}", "phase": "Running"},
        }
        for n in range(230)
    ]
    owner = service()
    owner["metadata"] |= {"uid": "s", "creationTimestamp": "2026-01-01T00:00:00Z"}
    plan = slices_plan.plan(owner, pods, [])
    assert [len(s["endpoints"]) for s in plan.create] == [100, 100, 30]
    stored = [{**s, "metadata": {**s["metadata"], "name": f"s{n}"}} for n, s in enumerate(plan.create)]
    again = slices_plan.plan(owner, pods[5:], stored)
    assert [len(s["endpoints"]) for s in again.update] == [95]
    assert (again.create, again.delete) == ((), ())
