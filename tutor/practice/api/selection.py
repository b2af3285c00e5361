"""Which objects of a kind a list or a watch is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.kube.labels import Selector
from tutor.practice.api import label_selector
from tutor.practice.api.field_selector import FieldSelector
from tutor.practice.api.target import Target
from tutor.practice.store.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Selection:
    """`namespace` None: all."""

    kind: str
    namespace: str | None
    labels: Selector
    fields: FieldSelector
    name: str = ""

    @property
    def everything(self) -> bool:
        return not (self.labels.requirements or self.fields.terms or self.name)

    def matches(self, obj: Mapping[str, Any]) -> bool:
        if self.name and obj["metadata"]["name"] != self.name:
            return False
        return self.fields.matches(obj) and self.labels.matches(obj["metadata"].get("labels") or {})


def selection(target: Target, query: Mapping[str, str]) -> Selection:
    """Raises: `BadRequest` for selectors that cannot be read."""
    try:
        labels = label_selector.parse(query.get("labelSelector", ""))
    except ValueError as error:
        raise BadRequest(str(error)) from error
    fields = FieldSelector.parse(query.get("fieldSelector", ""), target.resource.kind)
    namespace = target.namespace or None
    return Selection(target.resource.kind, namespace, labels, fields, target.name)
