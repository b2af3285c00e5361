"""The official Python client: typed and dynamic calls, a watch from a list, an old version, a conflict."""

from __future__ import annotations

import json
import sys
from typing import Any

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException

namespace = sys.argv[1]
config.load_kube_config()
core = client.CoreV1Api()
resources = dynamic.DynamicClient(client.ApiClient())
config_maps = resources.resources.get(api_version="v1", kind="ConfigMap")


def say(what: str, value: Any) -> None:
    print(f"{what}: {json.dumps(value, sort_keys=True)}")


def refused(error: ApiException) -> list[Any]:
    status = json.loads(error.body)
    return [error.status, status.get("reason"), status.get("message"), status.get("details")]


start = config_maps.get(namespace=namespace).metadata.resourceVersion
body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "labels": {"a": "b"}}, "data": {"k": "1"}}
created = config_maps.create(body=body, namespace=namespace)
say("created", created.to_dict()["data"])
old = created.metadata.resourceVersion
for value in ("2", "3"):
    config_maps.patch(
        body={"data": {"k": value}},
        name="one",
        namespace=namespace,
        content_type="application/merge-patch+json",
    )
stale = {**body, "metadata": {"name": "one", "resourceVersion": old}}
try:
    config_maps.replace(body=stale, namespace=namespace)
except ApiException as error:
    say("conflict", refused(error))
config_maps.patch(
    body={"metadata": {"labels": {"a": None}}},
    name="one",
    namespace=namespace,
    content_type="application/merge-patch+json",
)
config_maps.delete(name="one", namespace=namespace)

for selector in ("", "a=b"):
    seen = []
    for event in watch.Watch().stream(
        core.list_namespaced_config_map,
        namespace,
        resource_version=start,
        label_selector=selector,
        timeout_seconds=1,
    ):
        found = event["raw_object"]
        if found["metadata"]["name"] == "one":
            seen.append([event["type"], found.get("data"), found["metadata"].get("labels")])
    say(f"watch {selector}", seen)

for name in ("a1", "a2", "a3"):
    core.create_namespaced_secret(namespace, {"metadata": {"name": name}, "stringData": {"key": name}})
page = json.loads(core.list_namespaced_secret(namespace, limit=2, _preload_content=False).data)
token = page["metadata"].get("continue", "")
say("page", [[item["metadata"]["name"], item["data"]] for item in page["items"]])
say("more", [bool(token), page["metadata"].get("remainingItemCount")])
rest = json.loads(core.list_namespaced_secret(namespace, limit=2, _continue=token, _preload_content=False).data)
say("rest", [item["metadata"]["name"] for item in rest["items"]])
for arguments in ({"resource_version": "1"}, {"field_selector": "data.key=1"}, {"label_selector": "!!"}):
    try:
        answer = core.list_namespaced_secret(
            namespace, watch="resource_version" in arguments, timeout_seconds=1, _preload_content=False, **arguments
        )
        say(f"list {arguments}", json.loads(answer.data.split(b"\n")[0])["object"])
    except ApiException as error:
        say(f"list {arguments}", refused(error))
try:
    core.create_namespaced_pod(namespace, {"metadata": {"name": "x"}, "spec": {"containers": []}})
except ApiException as error:
    say("no containers", refused(error))
