"""Services. What the API server allocates (addresses, node ports, address families) is not here."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def service_defaults(service: Object) -> None:
    spec = service["spec"]
    spec.setdefault("sessionAffinity", "None")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec.get("sessionAffinityConfig") or {}
        if (config.get("clientIP") or {}).get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    spec.setdefault("type", "ClusterIP")
    for port in spec.get("ports", []):
        port.setdefault("protocol", "TCP")
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port["port"]
    kind = spec["type"]
    if kind in WITH_NODE_PORTS or (kind == "ClusterIP" and spec.get("externalIPs")):
        spec.setdefault("externalTrafficPolicy", "Cluster")
    if kind in (*WITH_NODE_PORTS, "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)
        for ingress in (service.get("status", {}).get("loadBalancer") or {}).get("ingress", []):
            if ingress.get("ip"):
                ingress.setdefault("ipMode", "VIP")
