"""Fields that the schema does not know: refused, warned of, or dropped; in the words of the API server.

The words differ: of a POST or PUT the whole object is "cannot be handled" (400), of a PATCH the patch is invalid (422).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from tutor.kube import schema
from tutor.practice.api.bodies import Body, Path
from tutor.practice.api.conversion_errors import conversion_text
from tutor.practice.api.options import Validation
from tutor.practice.patching.go_text import go_value
from tutor.practice.store.errors import BadRequest, Invalid

Object = dict[str, Any]


def check_object(obj: Object, body: Body, validation: Validation) -> tuple[Object, list[str]]:
    """(the object without unknown fields, warnings). `body` is what it was read from.

    Raises: `BadRequest` for wrong types, and what Strict refuses.
    """
    cleaned, problems, type_error = _checked(obj, body.duplicates)
    version = str(obj["apiVersion"]).rpartition("/")[2]
    head = f'{obj["kind"]} in version "{version}" cannot be handled as a {obj["kind"]}: '
    if type_error:
        raise BadRequest(head + type_error)
    if validation == "Strict" and (problems or body.lines):
        told = [yaml_error(body.lines), *problems] if body.lines else problems
        raise BadRequest(f"{head}strict decoding error: {', '.join(told)}")
    return cleaned, list(dict.fromkeys([*body.lines, *problems])) if validation == "Warn" else []


def yaml_error(lines: Sequence[str]) -> str:
    """What is wrong in the lines of a YAML document, as one error."""
    return "".join(["yaml: unmarshal errors:", *(f"\n  {line}" for line in lines)])


def check_patched(
    patched: Object,
    patch: Any,
    duplicates: Sequence[Path],
    validation: Validation,
    form: Literal["strategic", "whole"],
    current: Object,
) -> tuple[Object, list[str]]:
    """As `check_object`, of the object that a patch has made of `current`.

    `form`: a strategic merge patch shows the patch as Go prints a map, the others show the object as a whole.
    """
    type_error = _other_kind(patched, current)
    cleaned, problems = patched, list[str]()
    # A JSON patch is read strictly itself, and then what it has put into the object.
    brought = list(_brought(patch, duplicates, patched)) if isinstance(patch, list) else []
    if not type_error:
        cleaned, problems, type_error = _checked(patched, brought, converted=form == "strategic")
    head = "json patch " if isinstance(patch, list) else ""
    problems = [f'{head}duplicate field "{schema.path_text(path)}"' for path in duplicates] + sorted(problems)
    why = type_error
    if not why and problems and validation == "Strict":
        why = f"strict decoding error: {', '.join(problems)}"
    if why:
        if form == "strategic":
            shown = go_value(_merged_away(patch))
        else:
            shown = json.dumps(_touched(patched, patch), separators=(",", ":"))
        text = f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}"
        cause = {"reason": "FieldValueInvalid", "message": text, "field": "patch"}
        raise Invalid("", "", f' "" is invalid: patch: {text}', [cause])
    return cleaned, problems if validation == "Warn" else []


def _brought(operations: Sequence[Any], duplicates: Sequence[Path], patched: Object) -> Iterator[Path]:
    """Which keys given twice the operations have put into the object."""
    for index, key, *inner in duplicates:
        operation = operations[int(index)]
        if key == "value" and inner and operation.get("op") in ("add", "replace"):
            yield (*_place(str(operation["path"]), patched), *inner)


def _place(pointer: str, obj: Any) -> Iterator[str | int]:
    """Where an RFC 6901 pointer has put something."""
    for token in pointer.split("/")[1:]:
        key: str | int = token.replace("~1", "/").replace("~0", "~")
        if isinstance(obj, list):
            key = len(obj) - 1 if key == "-" else int(key)
            obj = obj[key] if -len(obj) <= key < len(obj) else None
        else:
            obj = obj.get(key) if isinstance(obj, dict) else None
        yield key


def _merged_away(patch: Any) -> Any:
    """What is left of a strategic merge patch when it is shown: the lists whose order it sets were taken out of it."""
    if not isinstance(patch, dict):
        return patch
    prefix = "$setElementOrder/"
    ordered = {key.removeprefix(prefix) for key in patch if key.startswith(prefix)}
    kept = {key: value for key, value in patch.items() if key not in ordered and not key.startswith(prefix)}
    return {key: _merged_away(value) for key, value in kept.items()}


def _other_kind(patched: Object, current: Object) -> str:
    """What is said of a patch that changes kind or apiVersion; one that empties them changes nothing."""
    for key in ("kind", "apiVersion"):
        if not (given := patched.get(key)):
            patched[key] = current[key]
        elif not isinstance(given, str):
            found = {bool: "bool", dict: "object", list: "array"}.get(type(given), "number")
            text = f"json: cannot unmarshal {found} into Go struct field .{key} of type string"
            return f"couldn't get version/kind; json parse error: {text}"
    kind, api_version = patched["kind"], patched["apiVersion"]
    if (kind, api_version) == (current["kind"], current["apiVersion"]):
        return ""
    return f'no kind "{kind}" is registered for version "{api_version}" in scheme "pkg/runtime/scheme.go:110"'


def _touched(patched: Any, patch: Any) -> Any:
    """With the keys sorted where a patch has been, as the libraries of the API server leave them."""
    if not isinstance(patched, dict):
        return patched
    inner = patch if isinstance(patch, dict) else {}
    return {key: _touched(patched[key], inner[key]) if key in inner else patched[key] for key in sorted(patched)}


def _checked(obj: Object, duplicates: Sequence[Path], *, converted: bool = False) -> tuple[Object, list[str], str]:
    """(object without unknown fields, problems in the document's order, the first type error or "")."""
    errors = schema.strict_errors(obj)
    first = next((error for error in errors if error.kind == "type"), None)
    type_error = first.message if first else ""
    if first and converted:
        type_error = conversion_text(first, _at(obj, first.path))
    unknown = [error.path for error in errors if error.kind == "unknown"]
    found = [(path, f'unknown field "{schema.path_text(path)}"') for path in unknown]
    # Of what the schema does not know nothing is read.
    duplicates = [path for path in duplicates if not any(path[: len(one)] == one for one in unknown)]
    if duplicates:
        found += [(path, f'duplicate field "{schema.path_text(path)}"') for path in duplicates]
        found.sort(key=lambda entry: _position(obj, entry[0]))
    return _without(obj, unknown), [text for _, text in found], type_error


def _at(obj: Any, path: Path) -> Any:
    for key in path:
        obj = obj[key]
    return obj


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
