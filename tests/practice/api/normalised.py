"""Answers of an API server without what is different each time, and without what controllers add to them."""

from __future__ import annotations

import re
from typing import Any

_WITHOUT_STATUS = frozenset({"Deployment", "HorizontalPodAutoscaler", "DeploymentList", "HorizontalPodAutoscalerList"})
_CONTROLLERS = frozenset({"kube-controller-manager", "kubelet", "kube-scheduler"})
_MADE_BY_CONTROLLERS = frozenset({"kube-root-ca.crt", "default"})
_TEXTS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"\b10\.(9[6-9]|1[01]\d)\.\d+\.\d+\b"), "ADDRESS"),
    (re.compile(r"(kube-api-access|gen)-[a-z0-9]{5}\b"), r"\1-XXXXX"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "TOKEN"),
    # A pod's old and new spec, compared line by line as Go prints them.
    (re.compile(r"\n@@ .*", re.DOTALL), ""),
    (re.compile(r":3\d{4}/(TCP|UDP)"), r":PORT/\1"),
    (re.compile(r"(current: |too old resource version: )\d+( \(\d+\))?"), r"\1N"),
    # The object as a whole, which some refusals show.
    (re.compile(r'Invalid value: "\{.*\}": ', re.DOTALL), 'Invalid value: "{…}": '),
)
_AGE = re.compile(r"\d+[smhd](\d+[smhd])?")


def normalised(value: Any, kind: str = "") -> Any:
    """`kind` of the list that the value is an item of."""
    if isinstance(value, dict):
        return _object(value, kind)
    if isinstance(value, list):
        items = [normalised(item, kind) for item in value]
        return [item for item in items if not _of_a_controller(item)]
    if isinstance(value, str):
        for pattern, text in _TEXTS:
            value = pattern.sub(text, value)
    return value


def _of_a_controller(item: Any) -> bool:
    return isinstance(item, dict) and (
        item.get("manager") in _CONTROLLERS or item.get("metadata", {}).get("name") in _MADE_BY_CONTROLLERS
    )


def _object(value: dict[str, Any], kind: str) -> dict[str, Any]:
    kind = str(value.get("kind") or kind)
    if kind == "Table":
        return _table(value)
    result = {key: normalised(entry, kind) for key, entry in value.items()}
    if "managedFields" in result:
        # Their order is that of their times.
        result["managedFields"].sort(key=lambda entry: (entry["manager"], entry["operation"], str(entry)))
    if "resourceVersion" in result:
        result["resourceVersion"] = "N"
    for key in ("serverAddress", "nodePort"):
        if key in result:
            result[key] = key
    if "annotations" in result and isinstance(result["annotations"], dict):
        result["annotations"].pop("deployment.kubernetes.io/revision", None)
    if kind == "Scale" and "status" in result:
        result["status"].pop("replicas", None)
    if kind in _WITHOUT_STATUS and "spec" in value and "status" in result:
        result["status"] = {}
    return {key: entry for key, entry in result.items() if key not in ("annotations", "managedFields") or entry}


def _table(value: dict[str, Any]) -> dict[str, Any]:
    columns = [(column["name"], column["type"], column["priority"]) for column in value["columnDefinitions"]]
    rows = []
    for row in value["rows"]:
        name = row.get("object", {}).get("metadata", {}).get("name")
        cells = ["AGE" if isinstance(cell, str) and _AGE.fullmatch(cell) else normalised(cell) for cell in row["cells"]]
        if name not in _MADE_BY_CONTROLLERS:
            rows.append({"cells": cells, "object": normalised(row.get("object"))})
    return {"kind": "Table", "columns": [list(column) for column in columns], "rows": rows}
