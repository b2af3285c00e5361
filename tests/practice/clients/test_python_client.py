"""The `kubernetes` client 37: typed models, watch, dynamic client."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from kubernetes import client, dynamic, watch
from kubernetes.client.exceptions import ApiException

from tests.practice.api.doubles import config_map, deployment, pod
from tests.practice.clients.conftest import Server


def configured(server: Server, token: str) -> client.Configuration:
    configuration = client.Configuration(host=server.url)
    configuration.ssl_ca_cert = str(server.ca)
    configuration.api_key = {"authorization": f"Bearer {token}"}
    return configuration


@pytest.fixture
def api(server: Server) -> Iterator[client.ApiClient]:
    with client.ApiClient(configured(server, server.token)) as api:
        yield api


def test_typed_objects_are_made_read_scaled_and_deleted(api: client.ApiClient) -> None:
    apps = client.AppsV1Api(api)
    made = apps.create_namespaced_deployment("default", deployment("web", replicas=1))
    assert made.spec.replicas == 1
    assert made.spec.strategy.rolling_update.max_surge == "25%"
    apps.patch_namespaced_deployment_scale("web", "default", {"spec": {"replicas": 3}})
    assert apps.read_namespaced_deployment("web", "default").spec.replicas == 3
    assert apps.delete_namespaced_deployment("web", "default")["status"] == "Success"
    assert apps.list_namespaced_deployment("default").items == []


def test_a_refusal_is_an_exception_with_the_status(api: client.ApiClient) -> None:
    with pytest.raises(ApiException) as refused:
        client.CoreV1Api(api).read_namespaced_pod("nosuch", "default")
    assert refused.value.status == 404
    assert "NotFound" in refused.value.body


def test_a_wrong_token_is_unauthorized(server: Server) -> None:
    with client.ApiClient(configured(server, "wrong")) as api, pytest.raises(ApiException) as refused:
        client.CoreV1Api(api).list_namespace()
    assert refused.value.status == 401


def test_its_watch_tells_what_happens_from_a_lists_version(api: client.ApiClient, server: Server) -> None:
    core = client.CoreV1Api(api)
    version = core.list_namespaced_pod("default").metadata.resource_version
    store = server.context.store

    def change() -> None:
        made = store.create(pod("p", app="x"))
        store.update({**made, "status": {"phase": "Running"}}, subresource="status")
        store.delete("Pod", "default", "p")

    threading.Timer(0.1, server.loop.call_soon_threadsafe, [change]).start()
    seen = []
    stream = watch.Watch()
    for event in stream.stream(core.list_namespaced_pod, "default", resource_version=version, timeout_seconds=10):
        seen.append((event["type"], event["object"].metadata.name, event["object"].status.phase))
        if event["type"] == "DELETED":
            stream.stop()
    # A pod that runs nowhere goes at once, but not unannounced.
    assert seen == [
        ("ADDED", "p", "Pending"),
        ("MODIFIED", "p", "Running"),
        ("MODIFIED", "p", "Running"),
        ("DELETED", "p", "Running"),
    ]


def test_pages_hold_every_object_once(api: client.ApiClient, server: Server) -> None:
    for number in range(7):
        server.context.store.create(config_map(f"c{number}"))
    core = client.CoreV1Api(api)
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map("default", limit=3, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == [f"c{number}" for number in range(7)]


def test_the_dynamic_client_discovers_applies_and_watches(api: client.ApiClient, server: Server) -> None:
    found = dynamic.DynamicClient(api)
    deployments = found.resources.get(api_version="apps/v1", kind="Deployment")
    manifest = deployment("web")
    applied = deployments.server_side_apply(body=manifest, namespace="default", field_manager="tests")
    assert applied.metadata.managedFields[0].manager == "tests"
    assert [item.metadata.name for item in deployments.get(namespace="default").items] == ["web"]
    manifest["spec"]["replicaz"] = 1
    with pytest.raises(ApiException) as refused:
        deployments.server_side_apply(body=manifest, namespace="default", field_manager="tests")
    assert "field not declared in schema" in str(refused.value.body)
    events = deployments.watch(namespace="default", timeout=5)
    assert next(events)["type"] == "ADDED"
    events.close()
