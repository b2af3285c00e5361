"""A tree's values as kubectl would send them, and where each of them stands."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tutor.core.yaml.scalars import BEYOND_JSON, resolve
from tutor.core.yaml.tree import Mark, Node, TreeError

Path = tuple[str | int, ...]
YAML_TAG = "tag:yaml.org,2002:"
COLLECTIONS = frozenset({None, "!", f"{YAML_TAG}map", f"{YAML_TAG}seq", f"{YAML_TAG}set", f"{YAML_TAG}omap"})
MOST_REPLACED = 100
"""Values that a later one of the same key replaces, whose places are then dropped; more is no file of a learner's."""
_SURROGATE = re.compile("[\ud800-\udfff]")
TYPES: Mapping[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


class Values:
    """Reads one document. `places` and `keys` say where values and keys stand."""

    def __init__(self) -> None:
        self.places: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.twice: list[tuple[Path, Mark, Mark]] = []
        """(path, where it stands first, where again) of each key that one mapping has twice."""
        self.tags: list[tuple[Path, Mark, str]] = []
        """Tags that mean nothing to Kubernetes."""
        self._forgotten = 0

    def read(self, node: Node, path: Path = ()) -> Any:
        """The value. Raises: `TreeError`."""
        self.places[path] = node.start
        if node.kind == "scalar":
            return self._scalar(node, path)
        if node.tag not in COLLECTIONS:
            self.tags.append((path, node.start, _shown(node.tag)))
        if node.kind == "sequence":
            return [self.read(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._mapping(node, path)

    def _scalar(self, node: Node, path: Path) -> Any:
        if not node.value.isascii() and _SURROGATE.search(node.value):
            # libyaml refuses it; PyYAML without libyaml does not.
            raise TreeError(
                "a backslash and u begin half of a character here", node.start, "Write the character itself."
            )
        if node.plain:
            if node.value in BEYOND_JSON:
                raise TreeError(f"{node.value} is no number that can be sent", node.start, "Put it in quotes.")
            return resolve(node.value)
        if node.tag in (None, "!", f"{YAML_TAG}str"):
            return node.value
        if node.tag == f"{YAML_TAG}binary":
            return _decoded(node)
        kind = (node.tag or "").removeprefix(YAML_TAG)
        if kind in TYPES and node.tag != kind:
            value = resolve(node.value)
            if not isinstance(value, TYPES[kind]) or (kind != "bool" and isinstance(value, bool)):
                raise TreeError(f'"{node.value}" is not what its tag !!{kind} says', node.start, "Remove the tag.")
            return value
        self.tags.append((path, node.start, _shown(node.tag)))
        return node.value

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        own: dict[str, Mark] = {}
        for key, child in node.pairs:
            if key.kind != "scalar":
                raise _no_key(key)
            if key.plain and key.value == "<<":
                # As kubectl reads it: what is merged wins over what stands above it, and loses to what comes below.
                for source in _sources(child):
                    self._merge(source, path, values)
                continue
            name = _key(key)
            here = (*path, name)
            if name in own:
                self.twice.append((here, own[name], key.start))
            own.setdefault(name, key.start)
            self._forget(here)
            self.keys[here] = key.start
            values[name] = self.read(child, here)
        return values

    def _merge(self, source: Node, path: Path, values: dict[str, Any]) -> None:
        aside = Values()
        merged = aside._mapping(source, path)
        for name in merged:
            self._forget((*path, name))
        values.update(merged)
        for places, added in ((self.places, aside.places), (self.keys, aside.keys)):
            places.update(added)

    def _forget(self, path: Path) -> None:
        """The places below a key whose value is replaced."""
        if path not in self.places or self._forgotten > MOST_REPLACED:
            return
        self._forgotten += 1
        for places in (self.places, self.keys):
            for known in [known for known in places if known[: len(path)] == path]:
                del places[known]


def _sources(node: Node) -> Iterable[Node]:
    """What `<<` merges, the one that wins last."""
    sources = list(reversed(node.items)) if node.kind == "sequence" else [node]
    for source in sources:
        if source.kind != "mapping":
            raise TreeError("<< takes a mapping, or a list of them", source.start)
    return sources


def _key(node: Node) -> str:
    """JSON's keys are strings: kubectl turns a number or a boolean into its text."""
    value = resolve(node.value) if node.plain else node.value
    if value is None:
        raise TreeError("a key is missing in front of this colon", node.start, "Write the field's name there.")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _no_key(node: Node) -> TreeError:
    if node.kind == "mapping":
        message = "two braces {{ }} are a placeholder of a template, and kubectl fills in none"
        return TreeError(message, node.start, "Write the value itself; one that begins with { goes in quotes.")
    return TreeError("a key must be a single word, not a list", node.start, "Put the key in quotes.")


def _decoded(node: Node) -> str:
    try:
        return base64.b64decode("".join(node.value.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise TreeError("what the tag !!binary stands before is no base64", node.start, "Remove the tag.") from None


def _shown(tag: str | None) -> str:
    return f"!!{tag.removeprefix(YAML_TAG)}" if tag and tag.startswith(YAML_TAG) else tag or ""
