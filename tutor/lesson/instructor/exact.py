"""Making a live object be exactly one manifest, whatever was changed on it before.

`kubectl apply` leaves what it did not set itself: a variable added by `kubectl set env`, a scaled number of replicas.
For a stage and for the way back, nothing of that may stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tutor.cluster.api import Cluster, KubeObject
from tutor.cluster.errors import Invalid, Refused
from tutor.kube.client_side_apply import LAST_APPLIED
from tutor.kube.refs import KINDS
from tutor.kube.times import Clock

CONTROLLERS_OWN = "deployment.kubernetes.io/"
"""Annotations that the Deployment controller writes; they are no part of what was asked for."""
ALLOCATED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort")
"""Fields of a Service's spec that the API server fills in once; leaving them out would ask for others."""
SERVER_METADATA = frozenset(
    {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink", "deletionTimestamp"}
)
TAKEN = "already allocated"
"""What the API server says of a nodePort that another Service has."""
GONE_WITHIN = 60.0
"""Seconds that a deleted object may take to vanish."""
LOOK = 0.2


def as_manifest(live: Mapping[str, Any]) -> KubeObject:
    """A live object as a manifest that brings it back: without status and without what the API server fills in."""
    obj = deepcopy({key: value for key, value in live.items() if key != "status"})
    metadata = {key: value for key, value in obj["metadata"].items() if key not in SERVER_METADATA}
    annotations = _own(metadata.get("annotations"))
    metadata["annotations"] = annotations
    if not annotations:
        del metadata["annotations"]
    obj["metadata"] = metadata
    if obj.get("kind") == "Service":
        obj["spec"] = {key: value for key, value in (obj.get("spec") or {}).items() if key not in ALLOCATED}
    return obj


def exact_patch(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> KubeObject:
    """The strategic-merge patch after which `live` holds what `wanted` says and nothing else."""
    patch: KubeObject = {}
    for key in wanted.keys() | live.keys():
        if key in ("apiVersion", "kind", "metadata", "status"):
            continue
        value = wanted.get(key)
        patch[key] = {"$patch": "replace", **value} if isinstance(value, Mapping) else value
    if wanted.get("kind") == "Service":
        kept = {key: live["spec"][key] for key in ALLOCATED if key in (live.get("spec") or {})}
        patch["spec"] = {**kept, **patch["spec"]}
    before, after = live["metadata"], wanted["metadata"]
    patch["metadata"] = {
        "labels": _replacing(before.get("labels") or {}, after.get("labels") or {}),
        "annotations": _replacing(_own(before.get("annotations")), after.get("annotations") or {}),
    }
    return patch


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one object."""

    word: str
    """kubectl's: created, configured, unchanged; or replaced, where a field cannot be changed in place."""
    remark: str = ""
    """What is not as wanted, and why; a part of a sentence."""

    @property
    def changed(self) -> bool:
        return self.word != "unchanged"

    def __str__(self) -> str:
        return f"{self.word}, {self.remark}" if self.remark else self.word


async def put_exactly(cluster: Cluster, wanted: KubeObject, clock: Clock) -> Put:
    """Make the live object be `wanted`, whose annotations are meant as they are.

    A nodePort that another namespace has already is left to the cluster to choose. Raises: `ClusterError`.
    """
    try:
        return Put(await _put(cluster, wanted, clock))
    except Invalid as error:
        if wanted["kind"] != "Service" or TAKEN not in str(error):
            raise
    freed = without_node_ports(wanted)
    return Put(await _put(cluster, freed, clock), "with a nodePort of the cluster's choice: the usual one is taken")


def without_node_ports(service: Mapping[str, Any]) -> KubeObject:
    """A Service that leaves its nodePorts to the cluster."""
    freed = deepcopy(dict(service))
    for port in (freed.get("spec") or {}).get("ports") or []:
        port.pop("nodePort", None)
    return freed


async def _put(cluster: Cluster, wanted: KubeObject, clock: Clock) -> str:
    kind, name = str(wanted["kind"]), str(wanted["metadata"]["name"])
    if kind not in KINDS:
        # A kind of somebody's own takes no strategic-merge patches.
        before = await cluster.get(kind, name)
        after = await cluster.apply(wanted)
        return "created" if before is None else _word(before, after)
    live = await cluster.get(kind, name)
    if live is not None and live["metadata"].get("deletionTimestamp"):
        await _wait_until_gone(cluster, kind, name, clock)
        live = None
    if live is None:
        await _create(cluster, wanted)
        return "created"
    try:
        after = await cluster.patch(kind, name, exact_patch(live, wanted))
    except Invalid as error:
        if "immutable" not in str(error):
            raise
        await cluster.delete(kind, name)
        await _wait_until_gone(cluster, kind, name, clock)
        await _create(cluster, wanted)
        return "replaced"
    return _word(live, after)


async def _create(cluster: Cluster, wanted: KubeObject) -> None:
    created = await cluster.apply(wanted)
    written = (created["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    meant = (wanted["metadata"].get("annotations") or {}).get(LAST_APPLIED)
    if written != meant:
        annotations = {"metadata": {"annotations": {LAST_APPLIED: meant}}}
        await cluster.patch(str(wanted["kind"]), str(wanted["metadata"]["name"]), annotations)


async def _wait_until_gone(cluster: Cluster, kind: str, name: str, clock: Clock) -> None:
    until = clock.now() + GONE_WITHIN
    while await cluster.get(kind, name) is not None:
        if clock.now() >= until:
            raise Refused(f"{kind} {name} was deleted and is still there after {GONE_WITHIN:.0f} s.", "Conflict", 409)
        await clock.sleep(LOOK)


def _own(annotations: Any) -> dict[str, str]:
    return {key: value for key, value in (annotations or {}).items() if not key.startswith(CONTROLLERS_OWN)}


def _replacing(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    return {**{key: None for key in before if key not in after}, **after}


def _word(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    same = before["metadata"].get("resourceVersion") == after["metadata"].get("resourceVersion")
    return "unchanged" if same else "configured"
