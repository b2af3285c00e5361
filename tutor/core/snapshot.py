"""The cluster as last seen: immutable objects by kind and name, and when they were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

KubeObject = dict[str, Any]
Key = tuple[str, str]
"""(kind, name), e.g. ("Pod", "user-deployment-7889589595-pzkv5"), in the snapshot's namespace."""


@dataclass(frozen=True, slots=True)
class ClusterSnapshot:
    """Raw API objects of one namespace. The dicts must not be changed."""

    namespace: str
    taken_at: float
    """Unix seconds of the newest change (by the tutor's clock)."""
    objects: Mapping[Key, KubeObject] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    """Kinds that were listed whole. What is missing of another kind is not known to be absent."""

    def get(self, kind: str, name: str) -> KubeObject | None:
        return self.objects.get((kind, name))

    def list(self, kind: str) -> tuple[KubeObject, ...]:
        return tuple(obj for (k, _), obj in sorted(self.objects.items()) if k == kind)

    def with_object(self, obj: KubeObject, at: float) -> ClusterSnapshot:
        key = (obj["kind"], obj["metadata"]["name"])
        return ClusterSnapshot(self.namespace, at, MappingProxyType({**self.objects, key: obj}), self.complete)

    def without(self, kind: str, name: str, at: float) -> ClusterSnapshot:
        rest = {key: obj for key, obj in self.objects.items() if key != (kind, name)}
        return ClusterSnapshot(self.namespace, at, MappingProxyType(rest), self.complete)

    def with_kind(self, kind: str, objects: Sequence[KubeObject], at: float) -> ClusterSnapshot:
        """A whole list of one kind, replacing what was known of it."""
        rest = {key: obj for key, obj in self.objects.items() if key[0] != kind}
        rest.update({(kind, obj["metadata"]["name"]): obj for obj in objects})
        return ClusterSnapshot(self.namespace, at, MappingProxyType(rest), self.complete | {kind})
