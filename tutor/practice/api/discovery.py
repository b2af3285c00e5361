"""Which groups, versions and resources there are, in the aggregated form and in the older one."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from importlib import resources
from typing import Any

from tutor.kube.refs import KINDS

AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@functools.cache
def _data() -> dict[str, list[dict[str, Any]]]:
    """From v1.34.2's aggregated discovery: its entries of our resources, by root ("api", "apis")."""
    text = resources.files("tutor.practice.api").joinpath("data", "discovery.json").read_text("utf-8")
    data: dict[str, list[dict[str, Any]]] = json.loads(text)
    return data


def aggregated(root: str) -> dict[str, Any]:
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": _data()[root],
    }


def api_versions(address: str) -> dict[str, Any]:
    """/api. `address` is host:port."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def group_list() -> dict[str, Any]:
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(item) for item in _data()["apis"]]}


def group(name: str) -> dict[str, Any] | None:
    for item in _data()["apis"]:
        if item["metadata"]["name"] == name:
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(item)}
    return None


def resource_list(group_name: str, version: str) -> dict[str, Any] | None:
    """The resources of a group and version, as /api/v1 and /apis/GROUP/VERSION list them."""
    for item in _data()["apis" if group_name else "api"]:
        if item["metadata"].get("name", "") != group_name:
            continue
        for entry in item["versions"]:
            if entry["version"] == version:
                full = f"{group_name}/{version}" if group_name else version
                listed = [one for resource in entry["resources"] for one in _flat(resource, group_name, version)]
                return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": full, "resources": listed}
    return None


def group_versions() -> list[str]:
    """ "v1", "apps/v1" …: in order."""
    apis = [f"{item['metadata']['name']}/{v['version']}" for item in _data()["apis"] for v in item["versions"]]
    return ["v1", *apis]


def _group(item: dict[str, Any]) -> dict[str, Any]:
    name = item["metadata"]["name"]
    versions = [{"groupVersion": f"{name}/{v['version']}", "version": v["version"]} for v in item["versions"]]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _storage_hash(kind: str) -> str:
    """Of the version in which the kind is stored, as a real server shows it."""
    info = KINDS[kind]
    text = f"{info.group}/{info.version}/{kind}".encode()
    return base64.b64encode(hashlib.sha256(text).digest()[:8]).decode()


def _flat(resource: dict[str, Any], group_name: str, version: str) -> list[dict[str, Any]]:
    namespaced = resource["scope"] == "Namespaced"
    head: dict[str, Any] = {
        "name": resource["resource"],
        "singularName": resource.get("singularResource", ""),
        "namespaced": namespaced,
        "kind": resource["responseKind"]["kind"],
        "verbs": resource["verbs"],
    }
    for ours, theirs in (("shortNames", "shortNames"), ("categories", "categories")):
        if resource.get(theirs):
            head[ours] = resource[theirs]
    if "list" in resource["verbs"] and group_name != "metrics.k8s.io":
        head["storageVersionHash"] = _storage_hash(head["kind"])
    listed = [head]
    for sub in resource.get("subresources", []):
        kind = sub.get("responseKind") or {}
        one: dict[str, Any] = {
            "name": f"{resource['resource']}/{sub['subresource']}",
            "singularName": "",
            "namespaced": namespaced,
        }
        if kind.get("group") and (kind["group"], kind["version"]) != (group_name, version):
            one |= {"group": kind["group"], "version": kind["version"]}
        listed.append(one | {"kind": kind.get("kind", ""), "verbs": sub["verbs"]})
    return listed
