"""Whether a manifest to be applied fits the schema, in the words of the API server's server-side apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutor.kube.schema import FieldSchema
from tutor.practice.patching.entries import step_of
from tutor.practice.patching.field_set import Path, path_text
from tutor.practice.patching.go_text import go_value

_NUMBERS = frozenset({"int32", "int64", "float64"})
_UNTYPED = frozenset({"quantity", "intOrString"})


def check(manifest: Any, schema: FieldSchema | None) -> None:
    """Raises: `ValueError` with all that does not fit."""
    problems = list(_problems(manifest, schema, ()))
    if len(problems) == 1:
        raise ValueError(problems[0])
    if problems:
        raise ValueError("errors:" + "".join(f"\n  {problem}" for problem in problems))


def _problems(value: Any, schema: FieldSchema | None, path: Path) -> Iterator[str]:
    if schema is None or value is None or schema.shape == "any":
        return
    where = f"{path_text(path)}: " if path else ""
    if schema.shape == "list":
        if isinstance(value, list):
            yield from _in_list(value, schema, path)
        else:
            yield f"{where}expected list, got &{{{go_value(value)}}}"
    elif schema.shape in ("object", "map"):
        if isinstance(value, dict):
            yield from _in_map(value, schema, path)
        else:
            yield f"{where}expected map, got &{{{go_value(value)}}}"
    elif problem := _scalar(value, schema.type.partition("/")[0]):
        yield where + problem


def _in_list(entries: list[Any], schema: FieldSchema, path: Path) -> Iterator[str]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        step = f"i:{index}"
        if schema.list_type != "atomic":
            try:
                step = step_of(entry, schema)
            except ValueError as error:
                yield f"{path_text(path)}: element {index}: {error}"
                # Without its key nothing in the entry has a path.
                return
            if step in seen:
                yield f"{path_text(path)}: duplicate entries for key {path_text((step,))}"
            seen.add(step)
        yield from _problems(entry, schema.child(index), (*path, step))


def _in_map(value: dict[str, Any], schema: FieldSchema, path: Path) -> Iterator[str]:
    for key, entry in value.items():
        inner, here = schema.child(key), (*path, f"f:{key}")
        if inner is None:
            yield f"{path_text(here)}: field not declared in schema"
            return
        yield from _problems(entry, inner, here)


def _scalar(value: Any, kind: str) -> str:
    """What is wrong with it; "" for nothing."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind in _UNTYPED:
        return "" if isinstance(value, str | int | float) else f"expected any scalar, got &{{{go_value(value)}}}"
    if kind in _NUMBERS:
        return "" if is_number else f"expected numeric (int or float), got {_go_type(value)}"
    if kind == "bool":
        return "" if isinstance(value, bool) else f"expected boolean, got &{{{go_value(value)}}}"
    return (
        "" if isinstance(value, str) else f"expected string, got &value.valueUnstructured{{Value:{_go_syntax(value)}}}"
    )


def _go_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names: dict[type, str] = {str: "string", dict: "map[string]interface {}", list: "[]interface {}"}
    return names.get(type(value), "interface {}")


def _go_syntax(value: Any) -> str:
    """As %#v prints it."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_go_syntax(key)}:{_go_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{inner}}}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
    return f'"{value}"' if isinstance(value, str) else go_value(value)
