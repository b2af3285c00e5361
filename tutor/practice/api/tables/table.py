"""Rows and columns of a metav1.Table, by kind."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
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


@functools.cache
def column_definitions(kind: str) -> list[dict[str, Any]]:
    """metav1.TableColumnDefinitions."""
    return [column.definition() for column in _PRINTERS.get(kind, _PLAIN).columns]


def cells(kind: str, obj: Mapping[str, Any], now: float) -> list[Cell]:
    """The row of an object of the stored version; `now` in Unix seconds."""
    return _PRINTERS.get(kind, _PLAIN).cells(obj, now)


def empty_cells(kind: str) -> list[Cell]:
    """The row of an object that has nothing."""
    return [
        0 if column.type == "integer" else "<unknown>" if column.name == "Age" else ""
        for column in _PRINTERS.get(kind, _PLAIN).columns
    ]
