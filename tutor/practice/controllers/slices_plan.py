"""A Service's EndpointSlices from its pods. Pure. Source: k8s.io/endpointslice, reconciler.go and utils.go, v1.34."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.kube.conditions import is_true
from tutor.practice.controllers.controller import owner_reference
from tutor.practice.controllers.endpoints_plan import (
    HEADLESS,
    TRIGGER_TIME,
    find_port,
    hostname_of,
    is_headless,
    publishes_not_ready,
    selected,
    target,
    trigger_time,
)

Object = dict[str, Any]

SERVICE_NAME = "kubernetes.io/service-name"
MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"
MOST_ENDPOINTS = 100
"""In one slice."""


@dataclass(frozen=True, slots=True)
class SlicesPlan:
    create: tuple[Object, ...]
    update: tuple[Object, ...]
    delete: tuple[Object, ...]


def plan(service: Object, pods: Sequence[Object], existing: Iterable[Object]) -> SlicesPlan:
    """`existing` are the Service's slices that this controller made. Endpoints stay in the slice where they are."""
    time = trigger_time(service, pods)
    left = [s for s in existing if not s["metadata"].get("deletionTimestamp")]
    create, update, delete = [], [], []
    for ports, endpoints in _groups(service, pods):
        mine = [s for s in left if (s.get("ports") or []) == ports]
        left = [s for s in left if s not in mine]
        kept, new = _place(endpoints, mine)
        for slice_, contents in kept:
            if not contents and (endpoints or slice_ is not mine[0]):
                delete.append(slice_)
                continue
            wanted = _slice(service, ports, contents, slice_, time)
            if wanted is not slice_:
                update.append(wanted)
        create += [_slice(service, ports, contents, None, time) for contents in new]
    delete += left
    while create and delete:
        # One that is not needed any more becomes the new one, so that its name stays.
        reused, wanted = delete.pop(0), create.pop(0)
        metadata = {**reused["metadata"], **{k: wanted["metadata"][k] for k in ("labels", "annotations")}}
        update.append({**wanted, "metadata": metadata})
    return SlicesPlan(tuple(create), tuple(update), tuple(delete))


def _groups(service: Object, pods: Iterable[Object]) -> list[tuple[list[Object], list[Object]]]:
    """(ports, endpoints) of each set of ports; one empty group where there is no endpoint at all."""
    groups: dict[str, tuple[list[Object], list[Object]]] = {}
    for pod in selected(service, pods, terminating=True):
        ports = []
        for entry in service["spec"].get("ports") or []:
            number = find_port(pod, entry)
            if number is None:
                continue
            port = {"name": entry.get("name") or "", "port": number, "protocol": entry.get("protocol", "TCP")}
            if entry.get("appProtocol"):
                port["appProtocol"] = entry["appProtocol"]
            ports.append(port)
        groups.setdefault(str(ports), (ports, []))[1].append(endpoint(service, pod))
    return list(groups.values()) or [([], [])]


def endpoint(service: Object, pod: Object) -> Object:
    terminating = bool(pod["metadata"].get("deletionTimestamp"))
    serving = is_true(pod, "Ready")
    result: Object = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {
            "ready": publishes_not_ready(service) or (serving and not terminating),
            "serving": serving,
            "terminating": terminating,
        },
        "targetRef": target(pod),
    }
    if pod["spec"].get("nodeName"):
        result["nodeName"] = pod["spec"]["nodeName"]
    if hostname := hostname_of(service, pod):
        result["hostname"] = hostname
    return result


def _place(
    endpoints: Sequence[Object], slices: Sequence[Object]
) -> tuple[list[tuple[Object, list[Object]]], list[list[Object]]]:
    """(contents of the existing slices, contents of new ones)."""
    by_uid = {e["targetRef"]["uid"]: e for e in endpoints}
    kept: list[tuple[Object, list[Object]]] = []
    for slice_ in slices:
        uids = [e.get("targetRef", {}).get("uid") for e in slice_.get("endpoints") or []]
        kept.append((slice_, [by_uid.pop(uid) for uid in uids if uid in by_uid]))
    rest = list(by_uid.values())
    for _, contents in kept:
        room = MOST_ENDPOINTS - len(contents)
        contents += rest[:room]
        rest = rest[room:]
    new = [rest[at : at + MOST_ENDPOINTS] for at in range(0, len(rest), MOST_ENDPOINTS)]
    if not slices and not new:
        # A Service without endpoints has one empty slice.
        new = [[]]
    return kept, new


def _slice(service: Object, ports: list[Object], endpoints: list[Object], existing: Object | None, time: str) -> Object:
    """`existing` itself when it is as it should be."""
    metadata = service["metadata"]
    labels = {**(metadata.get("labels") or {}), SERVICE_NAME: metadata["name"], MANAGED_BY: CONTROLLER}
    if is_headless(service):
        labels[HEADLESS] = ""
    body = {"addressType": "IPv4", "endpoints": endpoints or None, "ports": ports or None}
    if existing is None:
        new_metadata: Object = {
            "generateName": f"{metadata['name']}-",
            "namespace": metadata["namespace"],
            "ownerReferences": [owner_reference(service)],
        }
    else:
        same = all((existing.get(key) or None) == value for key, value in body.items())
        if same and (existing["metadata"].get("labels") or {}) == labels:
            return existing
        new_metadata = dict(existing["metadata"])
    new_metadata["labels"] = labels
    new_metadata["annotations"] = {**(new_metadata.get("annotations") or {}), TRIGGER_TIME: time}
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": new_metadata, **body}
