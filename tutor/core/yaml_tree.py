"""YAML as a tree of nodes with their places, built from PyYAML's events without recursion.

Events, and not PyYAML's own composer: a hostile file (20,000 levels, an alias bomb, 30 MB) must end in a finding within
a second, and the composer recurses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # built without libyaml: slower, the same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MOST_LEVELS = 100
MOST_NODES = 200_000
"""Nodes of a file, aliases counted with all that they stand for."""


@dataclass(frozen=True, slots=True)
class Mark:
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""


@dataclass(slots=True)
class Node:
    """A scalar (`value` is a str), a sequence (list of nodes) or a mapping (list of pairs of nodes)."""

    kind: str
    """"scalar", "sequence" or "mapping"."""
    start: Mark
    tag: str | None
    value: str = ""
    plain: bool = False
    """A scalar without quotes: its type follows from its text."""
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    size: int = 1
    """Nodes below, this one included; an alias counts as what it stands for."""


class TreeError(Exception):
    """Not a tree that can be used: `message` is for a beginner, `mark` where it is."""

    def __init__(self, message: str, mark: Mark, hint: str = "", raw: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.hint = hint
        self.raw = raw
        """The parser's own words, where they are its."""


def trees(text: str) -> Iterator[Node | None]:
    """One tree a document, None for an empty one. Raises: `TreeError`, or yaml's `MarkedYAMLError`."""
    loader = _Loader(text)
    try:
        builder = _Builder()
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                builder = _Builder()
            elif isinstance(event, yaml.DocumentEndEvent):
                yield builder.root
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                builder.take(event)
    finally:
        loader.dispose()


class _Builder:
    """Builds one document's tree with a stack of open collections."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        """For each open mapping, the key that waits for its value."""
        self._anchors: dict[str, Node] = {}
        self._unfinished: set[int] = set()

    def take(self, event: Any) -> None:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.CollectionEndEvent):
            node = self._open.pop()
            self._keys.pop()
            self._unfinished.discard(id(node))
            node.size = 1 + sum(child.size for child in node.items) + sum(k.size + v.size for k, v in node.pairs)
            self._check_size(node)
            return
        if isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(event.anchor or "")
            if known is None:
                raise TreeError(
                    f'the alias "*{event.anchor}" stands for nothing: no anchor &{event.anchor} is above it', mark
                )
            if id(known) in self._unfinished:
                raise TreeError(f'the alias "*{event.anchor}" stands inside what it stands for', mark)
            self._check_size(known)
            self._place(known)
            return
        node = self._node(event, mark)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._place(node)
        if node.kind != "scalar":
            if len(self._open) >= MOST_LEVELS:
                raise TreeError(f"the file is nested more than {MOST_LEVELS} levels deep", mark)
            self._open.append(node)
            self._keys.append(None)
            self._unfinished.add(id(node))

    @staticmethod
    def _node(event: Any, mark: Mark) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "") and event.tag is None
            return Node("scalar", mark, event.tag, value=event.value, plain=plain)
        kind = "sequence" if isinstance(event, yaml.SequenceStartEvent) else "mapping"
        return Node(kind, mark, event.tag)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.kind == "sequence":
            parent.items.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
        else:
            parent.pairs.append((key, node))
            self._keys[-1] = None

    def _check_size(self, node: Node) -> None:
        if node.size > MOST_NODES:
            raise TreeError("the file's aliases stand for more than a manifest can hold", node.start)
