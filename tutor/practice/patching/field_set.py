"""Sets of fields: what one manager of an object owns.

A step of a path is written as in metav1.FieldsV1: "f:spec" a field or a map's key, 'k:{"name":"web"}' an entry of a
list by its keys, 'v:"x"' an entry of a set, "i:0" an entry by its place. A container can be a member itself, beside or
without what is in it. Source: kubernetes.io, Server-Side Apply; sigs.k8s.io/structured-merge-diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


class FieldSet:
    """A tree. `members`: steps that belong to the set; `children`: what lies below a step."""

    __slots__ = ("children", "members")

    def __init__(self) -> None:
        self.members: set[str] = set()
        self.children: dict[str, FieldSet] = {}

    def __bool__(self) -> bool:
        return bool(self.members) or any(self.children.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FieldSet):
            return NotImplemented
        return self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def insert(self, path: Path) -> None:
        node = self
        for step in path[:-1]:
            node = node.children.setdefault(step, FieldSet())
        if path:
            node.members.add(path[-1])

    def child(self, step: str) -> FieldSet:
        return self.children.get(step) or _EMPTY

    def union(self, other: FieldSet) -> FieldSet:
        result = FieldSet()
        result.members = self.members | other.members
        for step in self.children.keys() | other.children.keys():
            result.children[step] = self.child(step).union(other.child(step))
        return result

    def intersection(self, other: FieldSet) -> FieldSet:
        result = FieldSet()
        result.members = self.members & other.members
        for step in self.children.keys() & other.children.keys():
            if common := self.children[step].intersection(other.children[step]):
                result.children[step] = common
        return result

    def difference(self, other: FieldSet) -> FieldSet:
        """Member by member: what lies below a removed container stays."""
        result = FieldSet()
        result.members = self.members - other.members
        for step, inner in self.children.items():
            if step not in other.children:
                result.children[step] = inner
            elif rest := inner.difference(other.children[step]):
                result.children[step] = rest
        return result

    def without_branches(self, branches: Mapping[str, Any]) -> FieldSet:
        """Without the named steps and all below them; {"f:metadata": {"f:labels": {}}} goes into metadata."""
        result = FieldSet()
        result.members = {step for step in self.members if branches.get(step) != {}}
        for step, inner in self.children.items():
            below = branches.get(step)
            if below == {}:
                continue
            rest = inner.without_branches(below) if below else inner
            if rest:
                result.children[step] = rest
        return result

    def paths(self, prefix: Path = ()) -> Iterator[Path]:
        """In order: first the members, then what lies below, both by name."""
        for step in sorted(self.members):
            yield (*prefix, step)
        for step in sorted(self.children):
            yield from self.children[step].paths((*prefix, step))

    def to_json(self) -> dict[str, Any]:
        """metav1.FieldsV1."""
        steps = self.members | {step for step, inner in self.children.items() if inner}
        result: dict[str, Any] = {}
        for step in sorted(steps):
            below = self.children[step].to_json() if step in self.children else {}
            result[step] = {".": {}, **below} if below and step in self.members else below
        return result

    @classmethod
    def from_json(cls, content: Any) -> FieldSet:
        """Raises: `ValueError` for what is no FieldsV1."""
        result = cls()
        if not isinstance(content, Mapping):
            raise ValueError("fieldsV1 is no object")
        for step, below in content.items():
            if step == ".":
                continue
            if step[:2] not in ("f:", "k:", "v:", "i:") or not isinstance(below, Mapping):
                raise ValueError(f"fieldsV1 has no step {step!r}")
            if not below or "." in below:
                result.members.add(step)
            if any(inner != "." for inner in below):
                result.children[step] = cls.from_json(below)
        return result


_EMPTY = FieldSet()


def path_text(path: Path) -> str:
    """.spec.containers[name="web"].image"""
    return "".join(_step_text(step) for step in path)


def _step_text(step: str) -> str:
    kind, content = step[:2], step[2:]
    if kind == "f:":
        return f".{content}"
    if kind == "k:":
        keys = json.loads(content)
        return "[" + ",".join(f"{name}={json.dumps(keys[name], ensure_ascii=False)}" for name in sorted(keys)) + "]"
    return f"[={content}]" if kind == "v:" else f"[{content}]"


def value_step(value: Any) -> str:
    return "v:" + json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def key_step(keys: Mapping[str, Any]) -> str:
    return "k:" + json.dumps(keys, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
