"""YAML of request bodies, turned into what JSON could hold. Loaded with the first such body: clients send JSON."""

from __future__ import annotations

import re
from typing import Any

import yaml

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


def load(text: bytes) -> Any:
    """Raises: `ValueError`."""
    try:
        return _expanded(yaml.load(text, _Loader), [MOST_NODES])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"{_FAILED}line {line}: {_problem(error.problem or '')}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{_FAILED}{error}") from error
    except RecursionError as error:
        raise ValueError(f"{_FAILED}exceeded max depth") from error


def _expanded(value: Any, left: list[int]) -> Any:
    """With aliases written out, and keys as JSON has them. `left[0]` is how many nodes there may still be."""
    left[0] -= 1
    if left[0] < 0:
        raise ValueError(f"{_FAILED}document contains excessive aliasing")
    if isinstance(value, dict):
        return {_json_key(key): _expanded(entry, left) for key, entry in value.items()}
    if isinstance(value, list):
        return [_expanded(entry, left) for entry in value]
    return value


def _json_key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)
