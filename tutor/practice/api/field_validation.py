"""Fields that the schema does not know: refused, warned of, or dropped; in the words of the API server.

The words differ: of a POST or PUT the whole object is "cannot be handled" (400), of a PATCH the patch is invalid (422).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from tutor.kube import schema
from tutor.practice.api.bodies import Path
from tutor.practice.api.options import Validation
from tutor.practice.patching.go_text import go_value
from tutor.practice.store.errors import BadRequest, Invalid

Object = dict[str, Any]


def check_object(obj: Object, duplicates: Sequence[Path], validation: Validation) -> tuple[Object, list[str]]:
    """(the object without unknown fields, warnings). Raises: `BadRequest` for wrong types, and what Strict refuses."""
    cleaned, problems, type_error = _checked(obj, duplicates)
    version = str(obj["apiVersion"]).rpartition("/")[2]
    head = f'{obj["kind"]} in version "{version}" cannot be handled as a {obj["kind"]}: '
    if type_error:
        raise BadRequest(head + type_error)
    if problems and validation == "Strict":
        raise BadRequest(f"{head}strict decoding error: {', '.join(problems)}")
    return cleaned, problems if validation == "Warn" else []


def check_patched(
    patched: Object,
    patch: Any,
    duplicates: Sequence[Path],
    validation: Validation,
    form: Literal["strategic", "whole"],
) -> tuple[Object, list[str]]:
    """As `check_object`, of an object that a patch has been applied to.

    `form`: a strategic merge patch shows the patch as Go prints a map, the others show the object as a whole.
    """
    cleaned, problems, type_error = _checked(patched, ())
    problems = [f'duplicate field "{schema.path_text(path)}"' for path in duplicates] + sorted(problems)
    why = type_error
    if not why and problems and validation == "Strict":
        why = f"strict decoding error: {', '.join(problems)}"
    if why:
        shown = go_value(patch) if form == "strategic" else json.dumps(patched, separators=(",", ":"))
        text = f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}"
        cause = {"reason": "FieldValueInvalid", "message": text, "field": "patch"}
        raise Invalid("", "", f' "" is invalid: patch: {text}', [cause])
    return cleaned, problems if validation == "Warn" else []


def _checked(obj: Object, duplicates: Sequence[Path]) -> tuple[Object, list[str], str]:
    """(object without unknown fields, problems in the document's order, the first type error or "")."""
    errors = schema.strict_errors(obj)
    type_error = next((error.message for error in errors if error.kind == "type"), "")
    unknown = [error.path for error in errors if error.kind == "unknown"]
    found = [(path, f'unknown field "{schema.path_text(path)}"') for path in unknown]
    if duplicates:
        found += [(path, f'duplicate field "{schema.path_text(path)}"') for path in duplicates]
        found.sort(key=lambda entry: _position(obj, entry[0]))
    return _without(obj, unknown), [text for _, text in found], type_error


def _position(obj: Any, path: Path) -> tuple[int, ...]:
    """Where a path stands in the document: the indexes of its keys."""
    indexes: list[int] = []
    for key in path:
        if isinstance(key, int):
            indexes.append(key)
        else:
            indexes.append(list(obj).index(key) if key in obj else 0)
        obj = obj[key] if isinstance(key, int) or key in obj else {}
    return tuple(indexes)


def _without(obj: Object, paths: Sequence[Path]) -> Object:
    """The object is a client's own copy: fields are taken out in place."""
    for path in paths:
        parent: Any = obj
        for key in path[:-1]:
            parent = parent[key]
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
    return obj
