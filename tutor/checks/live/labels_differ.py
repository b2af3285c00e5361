"""Why a Service's selector finds no pod of the cluster: the pod that comes nearest, and what differs."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.checks.labels_differ import compare
from tutor.core.snapshot import ClusterSnapshot, KubeObject


def nearest_pod(snapshot: ClusterSnapshot, selector: Mapping[str, str]) -> tuple[KubeObject, str] | None:
    """The pod whose labels come nearest to the selector, and what keeps it from being selected."""
    best: tuple[float, KubeObject, str] | None = None
    for pod in snapshot.list("Pod"):
        labels = pod["metadata"].get("labels") or {}
        if pod["metadata"].get("deletionTimestamp") or not labels:
            continue
        likeness, words = compare(selector, labels)
        if best is None or likeness > best[0]:
            best = (likeness, pod, words)
    return None if best is None or best[0] < 0.5 else (best[1], best[2])
