"""A metav1.Table of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tutor.practice.api.tables import cluster, network, workloads
from tutor.practice.api.tables.column import Cell, Column, age, columns

Include = Literal["None", "Metadata", "Object"]


@dataclass(frozen=True, slots=True)
class Printer:
    columns: tuple[Column, ...]
    cells: Callable[[Mapping[str, Any], float], list[Cell]]


def _plain(obj: Mapping[str, Any], now: float) -> list[Cell]:
    return [obj["metadata"]["name"], age(obj, now)]


_PLAIN = Printer(columns("Name", "Age"), _plain)
_PRINTERS: Mapping[str, Printer] = {
    "Pod": Printer(workloads.POD, workloads.pod),
    "ReplicaSet": Printer(workloads.REPLICA_SET, workloads.replica_set),
    "Deployment": Printer(workloads.DEPLOYMENT, workloads.deployment),
    "HorizontalPodAutoscaler": Printer(workloads.AUTOSCALER, workloads.autoscaler),
    "Service": Printer(network.SERVICE, network.service),
    "Endpoints": Printer(network.ENDPOINTS, network.endpoints),
    "EndpointSlice": Printer(network.ENDPOINT_SLICE, network.endpoint_slice),
    "Namespace": Printer(cluster.NAMESPACE, cluster.namespace),
    "Node": Printer(cluster.NODE, cluster.node),
    "Secret": Printer(cluster.SECRET, cluster.secret),
    "ConfigMap": Printer(cluster.CONFIG_MAP, cluster.config_map),
    "ServiceAccount": Printer(cluster.SERVICE_ACCOUNT, cluster.service_account),
    "Event": Printer(cluster.EVENT, cluster.event),
}


def table(
    kind: str,
    objects: Iterable[Mapping[str, Any]],
    metadata: Mapping[str, Any],
    now: float,
    include: Include = "Metadata",
    *,
    with_columns: bool = True,
) -> dict[str, Any]:
    """`objects` are of the stored version; `now` in Unix seconds. Watches name the columns in the first event alone."""
    printer = _PRINTERS.get(kind, _PLAIN)
    rows = []
    for obj in objects:
        row: dict[str, Any] = {"cells": printer.cells(obj, now)}
        if include == "Object":
            row["object"] = obj
        elif include == "Metadata":
            row["object"] = partial(obj)
        rows.append(row)
    definitions = [column.definition() for column in printer.columns] if with_columns else []
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": dict(metadata),
        "columnDefinitions": definitions,
        "rows": rows,
    }


def partial(obj: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
