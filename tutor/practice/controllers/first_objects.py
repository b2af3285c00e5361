"""What a cluster has before anybody asks for anything: namespaces, the node, the API server's own Service."""

from __future__ import annotations

from typing import Any

from tutor.practice.store.store import Store

Object = dict[str, Any]

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
API_SERVICE_ADDRESS = "10.96.0.1"


def install(store: Store, node: Object, address: str, port: int) -> None:
    """Create what is missing and bring the rest up to date; `address` and `port` are the API server's."""
    for name in NAMESPACES:
        if store.get("Namespace", "", name) is None:
            store.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    _install_node(store, node)
    if store.get("Service", "default", "kubernetes") is None:
        store.create(_api_service(port))
    _put(store, _api_endpoints(address, port))
    _put(store, _api_slice(address, port))


def _install_node(store: Store, node: Object) -> None:
    stored = store.get("Node", "", node["metadata"]["name"])
    if stored is None:
        stored = store.create(node)
    metadata = dict(stored["metadata"])
    metadata["labels"] = {**(metadata.get("labels") or {}), **node["metadata"]["labels"]}
    stored = store.update({**stored, "metadata": metadata})
    store.update({**stored, "status": node["status"]}, subresource="status")


def _put(store: Store, obj: Object) -> None:
    metadata = obj["metadata"]
    stored = store.get(obj["kind"], metadata["namespace"], metadata["name"])
    if stored is None:
        store.create(obj)
    else:
        store.update({**obj, "metadata": {**stored["metadata"], **metadata}})


def _api_service(port: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"component": "apiserver", "provider": "kubernetes"},
        },
        "spec": {
            "clusterIP": API_SERVICE_ADDRESS,
            "clusterIPs": [API_SERVICE_ADDRESS],
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": port}],
            "sessionAffinity": "None",
            "type": "ClusterIP",
        },
    }


def _api_endpoints(address: str, port: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
        },
        "subsets": [{"addresses": [{"ip": address}], "ports": [{"name": "https", "port": port, "protocol": "TCP"}]}],
    }


def _api_slice(address: str, port: int) -> Object:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kubernetes",
            "namespace": "default",
            "labels": {"kubernetes.io/service-name": "kubernetes"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
    }
