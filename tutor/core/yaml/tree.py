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
MOST_NODES = 50_000
"""Nodes of a file, aliases counted with all that they stand for. The exercise's largest file has 120."""


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
    height: int = 1
    """Levels of nodes, this one included; likewise."""


class TreeError(Exception):
    """Not a tree that can be used: `message` is for a beginner, `mark` where it is."""

    def __init__(self, message: str, mark: Mark, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.hint = hint


def trees(text: str) -> Iterator[Node | None]:
    """One tree a document, None for an empty one. Raises: `TreeError`, or yaml's `YAMLError`."""
    loader = _Loader(text)
    spent = 0
    try:
        builder = _Builder()
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                _check_directives(event)
                builder = _Builder()
            elif isinstance(event, yaml.DocumentEndEvent):
                yield builder.root
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                spent += builder.take(event)
            else:
                continue
            spent += 1
            if spent > MOST_NODES:
                what = "The file's aliases stand" if builder.has_aliases else "The file holds more values"
                than = "for more values than a manifest can hold" if builder.has_aliases else "than a manifest can"
                raise TreeError(f"{what} {than}", _mark(event), "A manifest has some hundred lines at most.")
    finally:
        loader.dispose()


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _check_directives(event: Any) -> None:
    # kubectl cuts a file at its --- first, and a part that holds nothing but %YAML is none (tried with v1.34.2).
    if event.version is not None or event.tags:
        raise TreeError("kubectl cannot read a file that begins with a line such as %YAML", Mark(1, 1), "Remove it.")


class _Builder:
    """Builds one document's tree with a stack of open collections."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.has_aliases = False
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        """For each open mapping, the key that waits for its value."""
        self._anchors: dict[str, Node] = {}
        self._unfinished: set[int] = set()

    def take(self, event: Any) -> int:
        """Adds an event to the tree; answers how many nodes it stands for beside itself."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._close()
            return 0
        mark = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            known = self._known(event.anchor or "", mark)
            self._place(known)
            return known.size
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
        return 0

    def _close(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        self._unfinished.discard(id(node))
        children = [*node.items, *(part for pair in node.pairs for part in pair)]
        node.size = 1 + sum(child.size for child in children)
        node.height = 1 + max((child.height for child in children), default=0)
        if node.height > MOST_LEVELS:
            raise TreeError(f"the file's aliases are nested more than {MOST_LEVELS} levels deep", node.start)

    def _known(self, anchor: str, mark: Mark) -> Node:
        self.has_aliases = True
        known = self._anchors.get(anchor)
        if known is None:
            raise TreeError(
                f'"*{anchor}" refers to an anchor, and no &{anchor} stands above it',
                mark,
                "A * at the start of a value means that in YAML. Put the value in quotes if you mean the star itself.",
            )
        if id(known) in self._unfinished:
            raise TreeError(f'the alias "*{anchor}" stands inside what it stands for', mark)
        return known

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
