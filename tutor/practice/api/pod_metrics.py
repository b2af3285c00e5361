"""metrics.k8s.io: what pods and the node use, for `kubectl top`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tutor.kube.conditions import is_true
from tutor.kube.times import format_unix
from tutor.practice.api.answers import json_answer
from tutor.practice.api.context import Context
from tutor.practice.api.selection import Selection, selection
from tutor.practice.api.target import Target
from tutor.practice.store.errors import NotFound, StatusError

API_VERSION = "metrics.k8s.io/v1beta1"
_WINDOW = "15s"


def answer(context: Context, request: web.Request, target: Target) -> web.Response:
    """Raises: `NotFound` for a pod or node without figures yet."""
    kind = target.resource.kind
    stored_kind = "Pod" if kind == "PodMetrics" else "Node"
    made = pod_metrics if kind == "PodMetrics" else node_metrics
    chosen = selection(target, request.query)
    chosen = Selection(stored_kind, chosen.namespace, chosen.labels, chosen.fields, chosen.name)
    found = [obj for obj in context.store.list(stored_kind, chosen.namespace) if chosen.matches(obj)]
    items = [metrics for obj in found if (metrics := made(context, obj))]
    if not target.name:
        return json_answer({"kind": f"{kind}List", "apiVersion": API_VERSION, "metadata": {}, "items": items})
    if not items:
        if stored_kind == "Pod":
            name = f"{target.namespace}/{target.name}"
            details = {"name": name, "group": "metrics.k8s.io", "kind": "podmetrics"}
            raise StatusError(404, "NotFound", f'podmetrics.metrics.k8s.io "{name}" not found', details)
        raise NotFound(stored_kind, target.name)
    return json_answer(items[0])


def pod_metrics(context: Context, pod: Mapping[str, Any]) -> dict[str, Any] | None:
    """None for a pod that has not run long enough to be measured."""
    cpu, memory = context.kubelet.cpu_milli(pod), context.kubelet.memory_bytes(pod)
    if not cpu:
        return None
    containers = [
        {"name": name, "usage": {"cpu": f"{milli}m", "memory": f"{memory.get(name, 0) // 1024}Ki"}}
        for name, milli in cpu.items()
    ]
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "labels") if key in pod["metadata"]}
    return {
        "kind": "PodMetrics",
        "apiVersion": API_VERSION,
        "metadata": {**metadata, "creationTimestamp": format_unix(context.clock.now())},
        "timestamp": format_unix(context.clock.now()),
        "window": _WINDOW,
        "containers": containers,
    }


def node_metrics(context: Context, node: Mapping[str, Any]) -> dict[str, Any] | None:
    """The sum of the pods: the daemon measures its own processes, not the machine."""
    if not is_true(node, "Ready"):
        return None
    cpu = memory = 0
    for pod in context.store.list("Pod"):
        cpu += sum(context.kubelet.cpu_milli(pod).values())
        memory += sum(context.kubelet.memory_bytes(pod).values())
    now = format_unix(context.clock.now())
    return {
        "kind": "NodeMetrics",
        "apiVersion": API_VERSION,
        "metadata": {"name": node["metadata"]["name"], "creationTimestamp": now},
        "timestamp": now,
        "window": _WINDOW,
        "usage": {"cpu": f"{cpu}m", "memory": f"{memory // 1024}Ki"},
    }
