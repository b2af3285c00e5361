"""A column of a table, and the texts that cells of several kinds share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.kube.times import human_duration, unix

Cell = str | int
NONE = "<none>"


@dataclass(frozen=True, slots=True)
class Column:
    """`priority` 1: shown with -o wide alone."""

    name: str
    priority: int = 0
    type: str = "string"

    def definition(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": "name" if self.name == "Name" else "",
            "description": "",
            "priority": self.priority,
        }


def columns(*names: str, wide: Sequence[str] = (), integers: Sequence[str] = ()) -> tuple[Column, ...]:
    return tuple(
        Column(name, int(name in wide), "integer" if name in integers else "string") for name in (*names, *wide)
    )


def age(obj: Mapping[str, Any], now: float) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now)


def since(time: str | None, now: float) -> str:
    return human_duration(now - unix(time)) if time else "<unknown>"


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector as metav1.FormatLabelSelector writes it: "app=gateway,tier in (a,b)"."""
    if selector is None:
        return NONE
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or []:
        values = ",".join(sorted(expression.get("values") or []))
        key = expression["key"]
        parts.append(
            {
                "In": f"{key} in ({values})",
                "NotIn": f"{key} notin ({values})",
                "Exists": key,
                "DoesNotExist": f"!{key}",
            }[expression["operator"]]
        )
    return ",".join(sorted(parts)) or NONE


def labels_text(labels: Mapping[str, str] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE
