"""JSON patches (RFC 6902): a list of operations. Indexes may be negative, as the API server takes them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

MAX_OPERATIONS = 10_000
"""As many as the API server takes."""


def json_patch(document: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    """`document` is changed in place where it can be; use what is returned.

    Raises: `ValueError` for an operation that does not apply.
    """
    for operation in operations:
        document = _applied(document, operation)
    return document


def _applied(document: Any, operation: Mapping[str, Any]) -> Any:
    kind, path = operation.get("op"), _tokens(operation.get("path"))
    if kind == "test":
        found = _get(document, path, missing_is_null=True)
        if not _same(found, operation.get("value")):
            raise ValueError(f"testing value {operation.get('path')} failed")
        return document
    if kind == "remove":
        return _remove(document, path)
    if kind == "replace":
        # The API server's library asks for the place alone: replacing a key that is not there adds it.
        return _put(document, path, _value(operation), replace=True)
    if kind == "add":
        return _put(document, path, _value(operation))
    if kind in ("move", "copy"):
        source = _tokens(operation.get("from"))
        value = _get(document, source)
        if kind == "move":
            document = _remove(document, source)
        return _put(document, path, copy.deepcopy(value))
    raise ValueError(f"Unexpected kind: {kind}")


def _value(operation: Mapping[str, Any]) -> Any:
    if "value" not in operation:
        raise ValueError(f"{operation.get('op')} operation has no value")
    # The patch stays as it was sent: it may be shown in a message.
    return copy.deepcopy(operation["value"])


def _tokens(pointer: Any) -> list[str]:
    """RFC 6901."""
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise ValueError(f"not a JSON pointer: {pointer!r}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _index(entries: list[Any], token: str, *, adding: bool = False) -> int:
    if adding and token == "-":
        return len(entries)
    try:
        index = int(token)
    except ValueError:
        raise ValueError(f"not an index: {token!r}") from None
    length = len(entries) + adding
    if not -length <= index < length:
        raise ValueError(f"index {index} is out of bounds")
    return index + length if index < 0 else index


def _get(document: Any, path: Sequence[str], *, missing_is_null: bool = False) -> Any:
    for token in path:
        if isinstance(document, list):
            document = document[_index(document, token)]
        elif isinstance(document, dict) and (token in document or missing_is_null):
            document = document.get(token)
        else:
            raise ValueError(f"missing path: {'/'.join(path)}")
    return document


def _put(document: Any, path: Sequence[str], value: Any, *, replace: bool = False) -> Any:
    if not path:
        return value
    parent = _get(document, path[:-1])
    if isinstance(parent, list):
        index = _index(parent, path[-1], adding=not replace)
        if replace:
            parent[index] = value
        else:
            parent.insert(index, value)
    elif isinstance(parent, dict):
        parent[path[-1]] = value
    else:
        raise ValueError(f"missing path: {'/'.join(path)}")
    return document


def _remove(document: Any, path: Sequence[str]) -> Any:
    if not path:
        raise ValueError("the whole document cannot be removed")
    parent = _get(document, path[:-1])
    if isinstance(parent, list):
        del parent[_index(parent, path[-1])]
    elif isinstance(parent, dict) and path[-1] in parent:
        del parent[path[-1]]
    else:
        raise ValueError(f"missing path: {'/'.join(path)}")
    return document


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
