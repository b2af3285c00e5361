"""What becomes of an object that is written over another one: some fields are the store's own, some have their URL."""

from __future__ import annotations

from typing import Any

from tutor.practice.store.metadata import WITH_STATUS, counts_as_new_generation

Object = dict[str, Any]

SERVER_OWNED = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
)
"""Of the metadata: what no client sets."""


def with_status(obj: Object, stored: Object) -> Object:
    """The stored object with the status of `obj`."""
    metadata = obj["metadata"]
    merged = {**stored, "status": obj.get("status", {})}
    if stored["kind"] == "Deployment" and metadata.get("annotations") != stored["metadata"].get("annotations"):
        # Their status writes carry annotations: the controller notes the revision with them.
        merged["metadata"] = {**stored["metadata"], "annotations": metadata.get("annotations") or {}}
    if "managedFields" in metadata:
        merged["metadata"] = {**merged["metadata"], "managedFields": metadata["managedFields"]}
    return merged


def with_stored_parts(obj: Object, stored: Object) -> Object:
    """`obj` with what is the store's, and with the stored status."""
    metadata = dict(obj["metadata"])
    for name in SERVER_OWNED:
        if name in stored["metadata"]:
            metadata[name] = stored["metadata"][name]
        else:
            metadata.pop(name, None)
    metadata.setdefault("resourceVersion", stored["metadata"]["resourceVersion"])
    merged = {**obj, "metadata": metadata}
    if obj["kind"] in WITH_STATUS:
        merged.pop("status", None)
        if "status" in stored:
            merged["status"] = stored["status"]
    if counts_as_new_generation(merged, stored):
        metadata["generation"] = int(metadata.get("generation", 0)) + 1
    return merged
