"""Which pods get the node, and what is said of the others: the sentences of v1.34.2, recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster
from tutor.practice.controllers import scheduler_plan

NODE: dict[str, Any] = {
    "metadata": {"name": "minikube", "labels": {"kubernetes.io/hostname": "minikube", "size": "4"}},
    "spec": {},
    "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "3"}},
}
PREFIX = "0/1 nodes are available: "
NOT_HELPFUL = (
    " no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
)
NO_VICTIMS = (
    " no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
)


def pod(name: str = "web", *, node: str = "", **spec: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"containers": [{"name": "a", "image": "v1"}], **spec}
    if node:
        body["nodeName"] = node
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": body,
        "status": {"phase": "Pending"},
    }


def asks(cpu: str = "0", memory: str = "0", **more: Any) -> dict[str, Any]:
    return {"name": "a", "image": "v1", "resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


def affinity(**expression: Any) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": "size", **expression}]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": required}}


@pytest.mark.parametrize(
    ("spec", "others", "text"),
    [
        ({}, [], ""),
        ({"containers": [asks("2", "4Gi")]}, [], ""),
        (
            {"containers": [asks("64", "900Gi")]},
            [],
            PREFIX + "1 Insufficient cpu, 1 Insufficient memory." + NOT_HELPFUL,
        ),
        (
            {"containers": [asks("1500m")]},
            [pod("b", node="minikube", containers=[asks("600m")])],
            PREFIX + "1 Insufficient cpu." + NO_VICTIMS,
        ),
        (
            {"nodeSelector": {"disk": "ssd"}},
            [],
            PREFIX + "1 node(s) didn't match Pod's node affinity/selector." + NOT_HELPFUL,
        ),
        ({"nodeSelector": {"size": "4"}}, [], ""),
        (affinity(operator="In", values=["4", "8"]), [], ""),
        (affinity(operator="Gt", values=["3"]), [], ""),
        (
            affinity(operator="Lt", values=["4"]),
            [],
            PREFIX + "1 node(s) didn't match Pod's node affinity/selector." + NOT_HELPFUL,
        ),
        (
            affinity(operator="DoesNotExist"),
            [],
            PREFIX + "1 node(s) didn't match Pod's node affinity/selector." + NOT_HELPFUL,
        ),
        (
            {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]},
            [],
            PREFIX + 'persistentvolumeclaim "data" not found. not found',
        ),
        (
            {"containers": [asks(ports=[{"containerPort": 8080, "hostPort": 18080}])]},
            [pod("b", node="minikube", containers=[asks(ports=[{"containerPort": 1, "hostPort": 18080}])])],
            PREFIX + "1 node(s) didn't have free ports for the requested pod ports." + NO_VICTIMS,
        ),
        ({}, [pod(f"p{n}", node="minikube") for n in range(3)], PREFIX + "1 Too many pods." + NO_VICTIMS),
        ({"initContainers": [asks("3")]}, [], PREFIX + "1 Insufficient cpu." + NOT_HELPFUL),
    ],
)
def test_why_a_pod_does_not_fit(spec: dict[str, Any], others: list[dict[str, Any]], text: str) -> None:
    assert scheduler_plan.why_not(pod(**spec), NODE, others) == text


def test_a_cordoned_node_takes_no_pod_and_an_uncordoned_one_does() -> None:
    cluster = Cluster()
    node = cluster.get("Node", "minikube", "")
    cluster.store.update({**node, "spec": {**node["spec"], "unschedulable": True}})
    cluster.create(pod())
    scheduled = cluster.condition("Pod", "web", "PodScheduled")
    assert scheduled is not None
    assert (scheduled["status"], scheduled["reason"]) == ("False", "Unschedulable")
    assert scheduled["message"] == PREFIX + "1 node(s) were unschedulable." + NOT_HELPFUL
    node = cluster.get("Node", "minikube", "")
    cluster.store.update({**node, "spec": {**node["spec"], "unschedulable": False}})
    cluster.settle()
    assert cluster.get("Pod", "web")["spec"]["nodeName"] == "minikube"


def test_binding_sets_node_and_condition_in_one_write_and_keeps_the_generation() -> None:
    cluster = Cluster()
    seen: list[tuple[Any, ...]] = []

    def note(event: Any) -> None:
        if event.kind == "Pod":
            obj = event.object
            reasons = [c["type"] + c["status"] for c in obj["status"].get("conditions", [])]
            seen.append((event.type, obj["spec"].get("nodeName"), reasons, obj["metadata"]["generation"]))

    cluster.store.subscribe(note)
    cluster.create(pod())
    assert seen == [("ADDED", None, [], 1), ("MODIFIED", "minikube", ["PodScheduledTrue"], 1)]
    [event] = cluster.store.list("Event")
    assert event["message"] == "Successfully assigned default/web to minikube"
    assert (event["reason"], event["action"], event["reportingComponent"], event["source"]) == (
        "Scheduled",
        "Binding",
        "default-scheduler",
        {},
    )
    assert event["firstTimestamp"] is None


async def test_a_pod_that_did_not_fit_gets_the_place_of_one_that_went() -> None:
    cluster = Cluster()
    cluster.create(pod("first", containers=[asks("2")]))
    cluster.create(pod("second", containers=[asks("1")]))
    assert "nodeName" not in cluster.get("Pod", "second")["spec"]
    assert cluster.events("FailedScheduling") == [PREFIX + "1 Insufficient cpu." + NO_VICTIMS]
    cluster.delete("Pod", "first", grace=0)
    assert cluster.get("Pod", "second")["spec"]["nodeName"] == "minikube"


async def test_a_pod_that_fits_nowhere_is_tried_every_five_minutes() -> None:
    cluster = Cluster()
    cluster.create(pod(nodeSelector={"disk": "ssd"}))
    await cluster.wait(301)
    [event] = [e for e in cluster.store.list("Event") if e["reason"] == "FailedScheduling"]
    assert event["series"]["count"] == 2


def test_other_schedulers_pods_and_gated_ones_wait() -> None:
    cluster = Cluster()
    cluster.create(pod("other", schedulerName="mine"))
    cluster.create(pod("gated", schedulingGates=[{"name": "example.org/x"}]))
    assert "conditions" not in cluster.get("Pod", "other")["status"]
    [entry] = cluster.get("Pod", "gated")["status"]["conditions"]
    assert (entry["reason"], entry["message"]) == (
        "SchedulingGated",
        "Scheduling is blocked due to non-empty scheduling gates",
    )
