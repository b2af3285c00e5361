"""YAML of request bodies, turned into what JSON could hold. Loaded with the first such body: clients send JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from tutor.practice.patching.go_text import go_value

MOST_NODES = 200_000
"""Of a document with its aliases written out."""

_FAILED = "yaml: "


class _Loader(yaml.SafeLoader):
    """Times stay text, and y and n are yes and no, as Go reads them."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Loader.bool_values = {**yaml.SafeLoader.bool_values, "y": True, "n": False}

_PROBLEMS = (
    ("expected the node content", "did not find expected node content"),
    ("expected <block end>", "did not find expected key"),
    ("expected ',' or ']'", "did not find expected ',' or ']'"),
    ("expected ',' or '}'", "did not find expected ',' or '}'"),
    ("mapping values are not allowed", "mapping values are not allowed in this context"),
    ("found character", "found character that cannot start any token"),
)
"""How PyYAML begins to say what the library of the API server says so."""


def _problem(text: str) -> str:
    return next((theirs for ours, theirs in _PROBLEMS if text.startswith(ours)), text)


def load(text: bytes) -> tuple[Any, tuple[str, ...]]:
    """(what JSON could hold, which keys are given twice). Raises: `ValueError`."""
    try:
        return _read(_Loader(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{_FAILED}line {line}: {_problem(error.problem or '')}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{_FAILED}{error}") from error
    except RecursionError as error:
        raise ValueError(f"{_FAILED}exceeded max depth") from error


def _read(loader: _Loader) -> tuple[Any, tuple[str, ...]]:
    try:
        node = loader.get_single_node()
        if node is None:
            return None, ()
        # Before the content is made: that writes merged keys into the nodes.
        lines = tuple(_set_twice(loader, node, [MOST_NODES]))
        return _expanded(loader.construct_document(node), [MOST_NODES]), lines
    finally:
        loader.dispose()


def _set_twice(loader: _Loader, node: yaml.Node, left: list[int]) -> Iterator[str]:
    """A line for each key that its map has already: inner maps before the key that they are the value of."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"{_FAILED}document contains excessive aliasing")
    if isinstance(node, yaml.MappingNode):
        yield from _set_twice_in(loader, node, set(), left)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _set_twice(loader, entry, left)


def _set_twice_in(
    loader: _Loader, node: yaml.MappingNode, known: set[tuple[str, str]], left: list[int]
) -> Iterator[str]:
    """`known` are the keys that the map has: (tag, text)."""
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for entry in merged:
                if isinstance(entry, yaml.MappingNode):
                    yield from _set_twice_in(loader, entry, known, left)
            continue
        yield from _set_twice(loader, value, left)
        if not isinstance(key, yaml.ScalarNode):
            continue
        shown = _shown(loader.construct_object(key))
        if (key.tag, shown) in known:
            # The line where the value begins: so the API server counts.
            yield f"line {value.start_mark.line + 1}: key {shown} already set in map"
        known.add((key.tag, shown))


def _shown(key: Any) -> str:
    """A key, or what it is the key of, as Go prints it."""
    return json.dumps(key, ensure_ascii=False) if isinstance(key, str | bool) else go_value(key)


def _expanded(value: Any, left: list[int]) -> Any:
    """With aliases written out, and keys as JSON has them. `left[0]` is how many nodes there may still be."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"{_FAILED}document contains excessive aliasing")
    if isinstance(value, dict):
        return {_json_key(key, entry): _expanded(entry, left) for key, entry in value.items()}
    if isinstance(value, list):
        return [_expanded(entry, left) for entry in value]
    return value


def _json_key(key: Any, value: Any) -> str:
    """Raises: `ValueError`."""
    if key is None:
        raise ValueError(f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {_shown(value)}")
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)
