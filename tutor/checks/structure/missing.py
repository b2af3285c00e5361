"""Something is not there, or has nothing behind its colon; with it goes all that it would hold: one finding for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.say import Say, place
from tutor.checks.structure.refusals import PORTS, capital
from tutor.checks.structure.where import is_written
from tutor.checks.structure.words import holder_type, noun, page
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path, path_text
from tutor.kube.schema import types

_USUAL: Mapping[str, tuple[str, ...]] = {
    "core.v1.Container": ("name", "image"),
    "core.v1.HTTPGetAction": ("path", "port"),
    "core.v1.PodTemplateSpec": ("metadata", "spec"),
    "core.v1.ServiceSpec": ("selector", "ports"),
    "meta.v1.LabelSelector": ("matchLabels",),
    "meta.v1.ObjectMeta": ("name",),
}
"""What is always written, where the published schema calls less required."""


def absent(say: Say, document: Document, kind_type: str, missing: Path, path: Path) -> Finding:
    """`missing`: what has no value; `path`: what the API server asked for, the same or something below it."""
    field = str(next(part for part in reversed(missing) if isinstance(part, str)))
    type_name = holder_type(kind_type, missing)
    inner = _needed(type_name, field)
    more: dict[str, Any] = {"source": page(document.kind, type_name), **_place(document, missing)}
    if isinstance(missing[-1], int):
        message = f"An entry of {field} is empty: nothing stands behind its dash."
        return say.failed(message, found="nothing", expected=inner or "its fields", hint="Write its fields.", **more)[0]
    if is_written(document, missing):
        return _empty(say, field, inner, more)
    written = document.get(*missing[:-1])
    names = list(written) if isinstance(written, Mapping) else []
    holder = noun(type_name, _holder(missing)) if type_name else _holder(missing)
    message, expected = f"{capital(holder)} has no {field}.", f"{field}: {inner or '…'}"
    hint = f"Write {field}: {f'and below it {inner}' if inner else '…'}, at the depth of its other fields."
    if missing[:2] == ("spec", "ports") and field == "name" and document.kind == "Service":
        message, more["source"] = "A Service with more than one port needs a name for each of them.", PORTS
        hint = "Write name: http, for example, in each entry of ports."
    return say.failed(message, found=", ".join(names)[:80] or "nothing", expected=expected, hint=hint, **more)[0]


def _empty(say: Say, field: str, inner: str, more: dict[str, Any]) -> Finding:
    if inner:
        message = f"Nothing stands below {field}: it is empty."
        hint = f"Write {inner} below {field}:, two spaces deeper than {field} itself."
    else:
        message, hint = f"{field} has no value.", f"Write it behind the colon of {field}:"
    return say.failed(message, found="nothing", expected=inner or f"{field}: …", hint=hint, **more)[0]


def extra_dash(say: Say, document: Document, kind_type: str, missing: Path) -> Finding | None:
    """A dash too many tears an entry apart: the second half then has no name."""
    if missing[-1:] != ("name",) or len(missing) < 3 or not isinstance(missing[-2], int) or missing[-2] < 1:
        return None
    entry = document.get(*missing[:-1])
    above = document.get(*missing[:-2], missing[-2] - 1)
    if not isinstance(entry, Mapping) or not isinstance(above, Mapping) or not entry or set(entry) & set(above):
        return None
    field, first = str(missing[-3]), str(next(iter(entry)))
    return say.failed(
        f"A dash begins a new entry of {field} here, which has no name. Is the dash one too many?",
        found=f"- {first}:",
        expected=f"{first}: without a dash, in the entry above",
        hint=f"Put two spaces in place of the dash and the space before {first}:",
        source=page(document.kind, holder_type(kind_type, missing)),
        **{**place(document, missing[:-1]), "path": path_text(missing)},
    )[0]


def _place(document: Document, missing: Path) -> dict[str, Any]:
    """Where it is empty; where it is not there, what would hold it: an entry of a list, or the key above it."""
    if not is_written(document, missing) and len(missing) > 1 and isinstance(missing[-2], int):
        return {**place(document, missing[:-1]), "path": path_text(missing)}
    return place(document, missing, key=True)


def _needed(type_name: str, field: str) -> str:
    """The fields below something: "selector and template"; empty where it is a value of its own."""
    known = types.fields(type_name).get(field) if type_name else None
    if known is None or known.type.lstrip("[")[:1] != "@":
        return ""
    inner = known.type.lstrip("[")[1:]
    names = _USUAL.get(inner) or types.required(inner)
    dash = "- " if known.type[0] == "[" and names else ""
    return dash + " and ".join(names)


def _holder(path: Path) -> str:
    return str(next((part for part in reversed(path[:-1]) if isinstance(part, str)), "the object"))
