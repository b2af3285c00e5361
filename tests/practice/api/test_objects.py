"""The life of objects: versions, generations, status, finalizers, propagation, namespaces, eviction."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.practice.api.doubles import NODE, config_map, deployment, pod
from tutor.practice.api.context import Context

MAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
PODS = "/api/v1/namespaces/default/pods"


async def send(client: TestClient, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
    async with client.request(method, path, json=body, headers={"Content-Type": kind}) as response:
        answer = await response.json()
        return {**answer, "code": response.status}


async def test_two_writers_from_the_same_version_do_not_overwrite_each_other(client: TestClient) -> None:
    made = await send(client, "POST", DEPLOYMENTS, deployment())
    first = await send(client, "PUT", f"{DEPLOYMENTS}/web", {**made, "spec": {**made["spec"], "replicas": 2}})
    second = await send(client, "PUT", f"{DEPLOYMENTS}/web", {**made, "spec": {**made["spec"], "replicas": 3}})
    assert (first["code"], first["spec"]["replicas"]) == (200, 2)
    assert (second["code"], second["reason"]) == (409, "Conflict")
    assert second["message"].endswith("please apply your changes to the latest version and try again")


async def test_generation_counts_changes_of_the_spec_alone(client: TestClient) -> None:
    await send(client, "POST", DEPLOYMENTS, deployment())

    async def patched(patch: Any, path: str = f"{DEPLOYMENTS}/web") -> Any:
        return (await send(client, "PATCH", path, patch, "application/merge-patch+json"))["metadata"]["generation"]

    assert await patched({"metadata": {"labels": {"a": "b"}}}) == 1
    assert await patched({"status": {"replicas": 5}}, f"{DEPLOYMENTS}/web/status") == 1
    assert await patched({"spec": {"replicas": 5}}) == 2
    assert await patched({"spec": {"replicas": 5}}) == 2


async def test_status_and_spec_are_written_through_their_own_urls(client: TestClient) -> None:
    await send(client, "POST", DEPLOYMENTS, {**deployment(), "status": {"replicas": 9}})
    both = {"spec": {"replicas": 4}, "status": {"replicas": 7}}
    merge = "application/merge-patch+json"
    found = await send(client, "PATCH", f"{DEPLOYMENTS}/web", both, merge)
    assert (found["spec"]["replicas"], found["status"]) == (4, {})
    found = await send(client, "PATCH", f"{DEPLOYMENTS}/web/status", {**both, "spec": {"replicas": 8}}, merge)
    assert (found["spec"]["replicas"], found["status"]["replicas"]) == (4, 7)


async def test_a_write_that_changes_nothing_is_no_new_version(client: TestClient, context: Context) -> None:
    made = await send(client, "POST", MAPS, config_map("a", x="1"))
    before = context.store.resource_version
    again = await send(client, "PUT", f"{MAPS}/a", config_map("a", x="1"))
    assert again["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    assert context.store.resource_version == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_dry_run_answers_and_keeps_nothing(client: TestClient, context: Context, method: str) -> None:
    context.store.create(config_map("a", x="1"))
    before = context.store.resource_version
    path = f"{MAPS}?dryRun=All" if method == "POST" else f"{MAPS}/a?dryRun=All"
    name = "b" if method == "POST" else "a"
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = await send(client, method, path, None if method == "DELETE" else config_map(name, x="2"), kind)
    assert answer["code"] in (200, 201)
    assert context.store.resource_version == before
    assert context.store.get("ConfigMap", "default", "b") is None


async def test_a_finalizer_holds_a_deleted_object_until_it_is_taken_away(client: TestClient, context: Context) -> None:
    held = config_map("a")
    held["metadata"]["finalizers"] = ["example.org/hold"]
    await send(client, "POST", MAPS, held)
    waiting = await send(client, "DELETE", f"{MAPS}/a")
    assert waiting["metadata"]["deletionTimestamp"]
    merge = "application/merge-patch+json"
    added = await send(client, "PATCH", f"{MAPS}/a", {"metadata": {"finalizers": ["example.org/hold", "b/c"]}}, merge)
    assert added["code"] == 422
    assert "no new finalizers can be added if the object is being deleted" in added["message"]
    assert (await send(client, "PATCH", f"{MAPS}/a", {"metadata": {"finalizers": None}}, merge))["code"] == 200
    assert context.store.get("ConfigMap", "default", "a") is None


@pytest.mark.parametrize(
    ("policy", "finalizers"),
    [("Background", None), ("Foreground", ["foregroundDeletion"]), ("Orphan", ["orphan"])],
)
async def test_propagation_policies(
    client: TestClient, context: Context, policy: str, finalizers: list[str] | None
) -> None:
    await send(client, "POST", DEPLOYMENTS, deployment())
    answer = await send(client, "DELETE", f"{DEPLOYMENTS}/web", {"propagationPolicy": policy})
    there = context.store.get("Deployment", "default", "web")
    if finalizers is None:
        assert there is None
        assert answer["status"] == "Success"
        assert set(answer["details"]) == {"name", "group", "kind", "uid"}
    else:
        assert there is not None
        assert there["metadata"]["finalizers"] == answer["metadata"]["finalizers"] == finalizers


async def test_preconditions_keep_another_object_alive(client: TestClient, context: Context) -> None:
    made = await send(client, "POST", MAPS, config_map("a"))
    for preconditions in ({"uid": "other"}, {"resourceVersion": "1"}):
        assert (await send(client, "DELETE", f"{MAPS}/a", {"preconditions": preconditions}))["code"] == 409
    assert context.store.get("ConfigMap", "default", "a") is not None
    right = {"uid": made["metadata"]["uid"], "resourceVersion": made["metadata"]["resourceVersion"]}
    assert (await send(client, "DELETE", f"{MAPS}/a", {"preconditions": right}))["code"] == 200


async def test_a_running_pod_is_given_its_time_and_a_shorter_one_counts(client: TestClient, context: Context) -> None:
    made = pod()
    made["spec"]["nodeName"] = NODE
    context.store.create(made)
    first = await send(client, "DELETE", f"{PODS}/web")
    assert first["metadata"]["deletionGracePeriodSeconds"] == 30
    second = await send(client, "DELETE", f"{PODS}/web", {"gracePeriodSeconds": 2})
    assert second["metadata"]["deletionGracePeriodSeconds"] == 2
    third = await send(client, "DELETE", f"{PODS}/web", {"gracePeriodSeconds": 60})
    assert third["metadata"]["deletionGracePeriodSeconds"] == 2
    await send(client, "DELETE", f"{PODS}/web", {"gracePeriodSeconds": 0})
    assert context.store.get("Pod", "default", "web") is None


async def test_a_collection_is_deleted_by_its_selector(client: TestClient, context: Context) -> None:
    for name in "abc":
        made = config_map(name)
        made["metadata"]["labels"] = {"keep": str(name == "b")}
        context.store.create(made)
    answer = await send(client, "DELETE", f"{MAPS}?labelSelector=keep!=True")
    assert [item["metadata"]["name"] for item in answer["items"]] == ["a", "c"]
    assert [obj["metadata"]["name"] for obj in context.store.list("ConfigMap", "default")] == ["b"]


async def test_a_namespace_that_ends_takes_nothing_new(client: TestClient, context: Context) -> None:
    await send(client, "POST", "/api/v1/namespaces", {"metadata": {"name": "n"}})
    path = "/api/v1/namespaces/n/configmaps"
    assert (await send(client, "POST", path, config_map("a", "n")))["code"] == 201
    ending = await send(client, "DELETE", "/api/v1/namespaces/n")
    assert ending["status"]["phase"] == "Terminating"
    refused = await send(client, "POST", path, config_map("b", "n"))
    assert (refused["code"], refused["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")
    context.store.delete("ConfigMap", "n", "a")
    context.store.finalize("Namespace", "", "n")
    assert (await send(client, "POST", path, config_map("b", "n")))["message"] == 'namespaces "n" not found'


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
async def test_the_permanent_namespaces_stay(client: TestClient, name: str) -> None:
    assert (await send(client, "DELETE", f"/api/v1/namespaces/{name}"))["code"] == 403


async def test_an_eviction_deletes_the_pod(client: TestClient, context: Context) -> None:
    context.store.create(pod())
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web", "namespace": "default"}}
    assert (await send(client, "POST", f"{PODS}/web/eviction", body))["status"] == "Success"
    assert context.store.get("Pod", "default", "web") is None
    assert (await send(client, "POST", f"{PODS}/web/eviction", body))["code"] == 404


async def test_only_the_subresources_that_there_are_are_answered(client: TestClient, context: Context) -> None:
    context.store.create(config_map("a"))
    for method, path, code in (
        ("GET", f"{MAPS}/a/status", 404),
        ("GET", f"{MAPS}/a/scale", 404),
        ("DELETE", f"{DEPLOYMENTS}/web/scale", 405),
        ("POST", f"{PODS}/web/log", 405),
        ("POST", f"{MAPS}/a", 405),
        ("PUT", MAPS, 405),
        ("GET", "/apis/apps/v1/namespaces/default/statefulsets", 404),
    ):
        assert (await send(client, method, path))["code"] == code, (method, path)


async def test_reviews_say_that_the_token_may_do_everything(client: TestClient) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    asked = {"spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}}
    assert (await send(client, "POST", path, asked))["status"] == {"allowed": True}
    assert (await send(client, "POST", path, {"spec": {}}))["code"] == 422
    rules = await send(client, "POST", path.replace("access", "rules"), {"spec": {"namespace": "default"}})
    assert rules["status"]["resourceRules"][0] == {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
