"""The cluster as last seen: immutable objects by kind and name, and when they were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KubeObject = dict[str, Any]
Objects = tuple[KubeObject, ...]
"""Named here, since the class has a method `list`."""
Key = tuple[str, str]
"""(kind, name), e.g. ("Pod", "user-deployment-7889589595-pzkv5"), in the snapshot's namespace."""


class ClusterSnapshot:
    """Raw API objects of one namespace. The dicts must not be changed.

    Kept by kind, so that a change copies one kind's table and no other: 2,000 pods may change 200 times a second.
    """

    __slots__ = ("_kinds", "_sorted", "complete", "namespace", "taken_at")

    def __init__(
        self,
        namespace: str,
        taken_at: float,
        objects: Mapping[Key, KubeObject] | None = None,
        complete: frozenset[str] = frozenset(),
    ) -> None:
        self.namespace = namespace
        self.taken_at = taken_at
        """Unix seconds of the newest change (by the tutor's clock)."""
        self.complete = complete
        """Kinds that were listed whole. What is missing of another kind is not known to be absent."""
        self._kinds: dict[str, dict[str, KubeObject]] = {}
        self._sorted: dict[str, Objects] = {}
        for (kind, name), obj in (objects or {}).items():
            self._kinds.setdefault(kind, {})[name] = obj

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(names)} {kind}" for kind, names in sorted(self._kinds.items()))
        return f"ClusterSnapshot({self.namespace!r}, {self.taken_at}, {counts})"

    def get(self, kind: str, name: str) -> KubeObject | None:
        return self._kinds.get(kind, {}).get(name)

    def list(self, kind: str) -> Objects:
        """All of a kind, by their names."""
        if kind not in self._sorted:
            self._sorted[kind] = tuple(obj for _, obj in sorted(self._kinds.get(kind, {}).items()))
        return self._sorted[kind]

    def with_object(self, obj: KubeObject, at: float) -> ClusterSnapshot:
        kind = obj["kind"]
        return self._with(kind, {**self._kinds.get(kind, {}), obj["metadata"]["name"]: obj}, at, self.complete)

    def without(self, kind: str, name: str, at: float) -> ClusterSnapshot:
        rest = {key: obj for key, obj in self._kinds.get(kind, {}).items() if key != name}
        return self._with(kind, rest, at, self.complete)

    def with_kind(self, kind: str, objects: Sequence[KubeObject], at: float) -> ClusterSnapshot:
        """A whole list of one kind, replacing what was known of it."""
        return self._with(kind, {obj["metadata"]["name"]: obj for obj in objects}, at, self.complete | {kind})

    def unlisted(self, *kinds: str) -> ClusterSnapshot:
        """The same objects, of which these kinds do not count as listed: what was seen before a new connection, or
        is not shown any more. Without a kind: none does."""
        after = self._with("", {}, self.taken_at, self.complete - {*kinds} if kinds else frozenset())
        del after._kinds[""]
        return after

    def _with(self, kind: str, objects: dict[str, KubeObject], at: float, complete: frozenset[str]) -> ClusterSnapshot:
        after = ClusterSnapshot(self.namespace, at, None, complete)
        after._kinds = {**self._kinds, kind: objects}
        after._sorted = {other: listed for other, listed in self._sorted.items() if other != kind}
        return after
