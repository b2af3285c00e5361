"""How objects end: what a deletion writes into them, and when they may go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.times import format_unix, unix
from tutor.practice.store.metadata import default_grace

Object = dict[str, Any]

_FINALIZERS = {"Foreground": "foregroundDeletion", "Orphan": "orphan"}


def may_go(obj: Mapping[str, Any]) -> bool:
    """Whether nothing holds a deleted object any more."""
    metadata = obj["metadata"]
    if not metadata.get("deletionTimestamp") or metadata.get("finalizers"):
        return False
    if obj["kind"] == "Namespace" and obj.get("spec", {}).get("finalizers"):
        return False
    return not metadata.get("deletionGracePeriodSeconds")


def marked(stored: Object, propagation: str, grace: int | None, now: float) -> Object:
    """The object with its deletion time, grace period and the finalizer of the propagation policy.

    `grace` in seconds, None: the pod's own; `now` in Unix seconds.
    """
    metadata = dict(stored["metadata"])
    seconds = default_grace(stored)
    if seconds and grace is not None:
        seconds = max(grace, 0)
    finalizers = [f for f in metadata.get("finalizers", []) if f not in _FINALIZERS.values()]
    if propagation in _FINALIZERS:
        finalizers.append(_FINALIZERS[propagation])
    metadata["finalizers"] = finalizers
    if not finalizers:
        del metadata["finalizers"]
    before = metadata.get("deletionGracePeriodSeconds")
    result = {**stored, "metadata": metadata}
    if stored["kind"] == "Namespace":
        # It has no grace period: it goes when it is empty.
        metadata.setdefault("deletionTimestamp", format_unix(now))
        result["status"] = {**stored.get("status", {}), "phase": "Terminating"}
    elif before is None or seconds < before:
        metadata["deletionTimestamp"] = format_unix(now + seconds)
        metadata["deletionGracePeriodSeconds"] = seconds
        if "generation" in metadata and before is None:
            metadata["generation"] += 1
    return result


def ended(stored: Object, now: float) -> Object:
    """The object when what it ran has stopped (a pod's containers) or what was in it is gone (a namespace)."""
    metadata = dict(stored["metadata"])
    result = {**stored, "metadata": metadata}
    if stored["kind"] == "Namespace":
        result["spec"] = {**stored.get("spec", {}), "finalizers": []}
        return result
    grace = metadata.get("deletionGracePeriodSeconds", 0)
    planned = metadata.get("deletionTimestamp")
    metadata["deletionTimestamp"] = format_unix((unix(planned) if planned else now) - grace)
    metadata["deletionGracePeriodSeconds"] = 0
    return result
