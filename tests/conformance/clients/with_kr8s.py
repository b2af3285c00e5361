"""kr8s: create, scale, wait, labels, list and delete of a Deployment and its pods."""

from __future__ import annotations

import sys
import time

import kr8s
from kr8s.objects import Deployment, Pod

namespace = sys.argv[1]
api = kr8s.api(namespace=namespace)
deployment = Deployment(
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "eight", "namespace": namespace},
        "spec": {
            "selector": {"matchLabels": {"app": "eight"}},
            "template": {
                "metadata": {"labels": {"app": "eight"}},
                "spec": {"containers": [{"name": "web", "image": "homics/gateway:1.0.0"}]},
            },
        },
    },
    api=api,
)
deployment.create()
deployment.wait("condition=Available", timeout=60)
print("available", deployment.ready())
deployment.scale(2)
deployment.wait("jsonpath='{.status.readyReplicas}'=2", timeout=60)
print("replicas", deployment.replicas)
pods = list(api.get("pods", namespace=namespace, label_selector={"app": "eight"}))
print("pods", len(pods), all(isinstance(pod, Pod) for pod in pods), {pod.status.phase for pod in pods})
deployment.label({"tier": "front"})
deployment.refresh()
print("labels", dict(deployment.labels))
lines: list[str] = []
for _ in range(100):
    lines = list(pods[0].logs(tail_lines=1))
    if lines:
        break
    time.sleep(0.1)
print("log", len(lines))
deployment.delete(propagation_policy="Foreground")
deployment.wait("delete", timeout=60)
print("exists", deployment.exists())
