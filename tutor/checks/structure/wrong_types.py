"""A value of a type that its field does not take: a text for a number, fields without a dash, a list with one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tutor.checks.say import Say, place
from tutor.checks.structure.words import DOCS, page, short, shown, told, wanted
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube.schema import types
from tutor.kube.schema.structure import StructureError

AMOUNTS = f"{DOCS}/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes"
SECRETS = f"{DOCS}/concepts/configuration/secret/#restriction-names-data"
_SELECTORS = ("matchLabels", "matchExpressions")
_WHOLE = re.compile(r"\s*[-+]?\d{1,18}\s*")


def wrong_type(say: Say, document: Document, error: StructureError) -> Finding:
    value = document.get(*error.path)
    name, entry = _name(error.path)
    form = error.expected[0] if error.expected else ""
    if form == "[":
        message, expected, hint = _list(name, value, error.expected[1:])
    elif form == "@" and entry:
        message, expected, hint = _entry(name, value, error.expected[1:])
    elif form == "@":
        message, expected, hint = _fields(name, value, error.expected[1:])
    elif form == "{":
        message, expected, hint = _own_fields(name, value)
    else:
        message, expected, hint = _scalar(error, name, value)
    source = page(document.kind, error.type_name)
    if error.expected == "quantity":
        source = AMOUNTS
    elif error.expected == "bytes":
        source = SECRETS
    return say.failed(
        message, found=shown(value), expected=expected, hint=hint, source=source, **place(document, error.path)
    )[0]


def _name(path: Path) -> tuple[str, bool]:
    """(the field's name, whether the path is an entry of its list)."""
    return str(next(part for part in reversed(path) if isinstance(part, str))), isinstance(path[-1], int)


def _list(name: str, value: Any, inner: str) -> tuple[str, str, str]:
    example = _first_field(inner)
    if isinstance(value, Mapping):
        first = short(next(iter(value), example))
        message = f"{name} is a list: each of its entries begins with a dash, and here is none."
        if name == "env":
            return message, "- name: …\n  value: …", f"Write - name: {first}, and below it value: … for each variable."
        return message, f"- {first}: …", f"Write a dash and a space before {first}:, and indent the rest by two more."
    message = f"{name} is a list, and {told(value)} is none."
    if inner.startswith("string") and isinstance(value, str):
        words = ", ".join(f'"{short(word)}"' for word in value.split()[:6])
        return message, f"{name}: [{words}]", "Write each word as an entry of its own, in brackets or behind a dash."
    return message, f"- {example}: …" if example else "- …", f"Below {name}: begin each entry with a dash and a space."


def _entry(name: str, value: Any, inner: str) -> tuple[str, str, str]:
    example = _first_field(f"@{inner}")
    expected = f"- {example}: …" if example else "- followed by fields"
    if name == "env" and isinstance(value, str) and "=" in value:
        key, _, text = short(value).partition("=")
        expected = f"- name: {key}\n  value: {text}"
        return (
            f"An entry of env has the fields name and value, and {told(value)} has none.",
            expected,
            (f"Write - name: {key}, and below it value: with the rest."),
        )
    if name == "ports" and isinstance(value, str | int):
        number = short(value).rpartition(":")[2]
        expected = f"- {example}: {number}"
    message = f"An entry of {name} has fields, and {told(value)} has none."
    return message, expected, f"Write {expected.splitlines()[0]}"


def _fields(name: str, value: Any, inner: str) -> tuple[str, str, str]:
    if isinstance(value, list):
        message = f"{name} is no list: its fields stand below it without a dash."
        return message, f"{name}: and fields below it", "Remove the dash in front of its first field."
    choices = types.fields(inner).get("type")
    if choices is not None and value in choices.enum:
        return (
            f"{name} has fields of its own; {value} is its type.",
            f"type: {value} below {name}:",
            f"Write type: {value} on the next line, two spaces deeper.",
        )
    known = ", ".join(list(types.fields(inner))[:6])
    message = f"{name} has fields of its own, and {told(value)} has none."
    return message, known, f"Below {name}: write its fields, two spaces deeper."


def _own_fields(name: str, value: Any) -> tuple[str, str, str]:
    if isinstance(value, list):
        message = f"{name} is no list: write its entries without a dash."
        return message, "app: user, for example", "Remove the dash, and write key: value."
    message = f"{name} has lines of the form key: value, and {told(value)} is none."
    return message, "app: user, for example", f"Write them below {name}:, two spaces deeper."


def _scalar(error: StructureError, name: str, value: Any) -> tuple[str, str, str]:
    expression = error.expected.partition("/")[0]
    base = "string" if expression in ("time", "microTime", "bytes") and not isinstance(value, str) else expression
    if base in ("int32", "int64", "uint8"):
        return _whole_number(name, value)
    if base == "string":
        return _text(error, name, value)
    if base == "bool":
        word = str(value).lower() if str(value).lower() in ("true", "false") else "true"
        hint = f"Write {name}: {word}, without quotes."
        return f"{name} is true or false, and {told(value)} is neither.", "true or false", hint
    if base == "quantity":
        return (
            f"{shown(value)} is no amount.",
            "100m or 0.5 for cpu; 128Mi or 1Gi for memory",
            ("Write the unit directly behind the number, as Kubernetes names it: m, k, M, G, Ki, Mi, Gi."),
        )
    if base == "bytes":
        return (
            f"{name} is base64, and {told(value)} is none.",
            "base64, such as YWRtaW4=",
            ("Write it under stringData instead of data: there it is a plain text."),
        )
    if base in ("time", "microTime"):
        return f"{told(value)} is no time.", "2026-01-31T12:00:00Z", "Remove it: the API server fills it in."
    return (
        f"{name} is {wanted(error.expected)}, and {told(value)} is neither.",
        wanted(error.expected),
        (f"Write {name}: with a whole number, or a name."),
    )


_EXAMPLES = {"containerPort": "8080", "hostPort": "8080", "port": "8080", "targetPort": "8080", "nodePort": "30080"}


def _whole_number(name: str, value: Any) -> tuple[str, str, str]:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        number = str(int(value))
        return (
            f"{name} is a whole number, and {told(value)} is none: the quotes make it a text.",
            number,
            (f"Write {name}: {number}, without quotes."),
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value} is too large for {name}.", "a smaller number", f"Write {name}: with a smaller number."
    leading = re.match(r"\d{1,9}", str(value)) if isinstance(value, str | float) else None
    example = leading[0] if leading else _EXAMPLES.get(name, "1")
    message = f"{name} is a whole number, and {told(value)} is none."
    return message, "a whole number", f"Write {name}: {example}, for example."


def _text(error: StructureError, name: str, value: Any) -> tuple[str, str, str]:
    holder = str(next((part for part in reversed(error.path[:-1]) if isinstance(part, str)), ""))
    if holder in ("labels", "selector", "matchLabels", "annotations") and name not in _SELECTORS:
        what = "annotation" if holder == "annotations" else "label"
        return _said_text(name, value, f"The value of the {what} {name} is a text")
    if name in _SELECTORS:
        return (
            f"{name} belongs to a Deployment's selector; a Service's selector has the labels directly below it.",
            f"selector:, and below it {_own_label(value)}",
            f"Remove the line {name}: and move its labels two spaces to the left.",
        )
    return _said_text(name, value, f"{name} is a text")


def _own_label(value: Any) -> str:
    """The first label that the learner wrote: an example with another one would be copied."""
    if isinstance(value, Mapping) and value:
        key, text = next(iter(value.items()))
        if isinstance(text, str):
            return f"{key}: {text}"[:80]
    return "app: user, for example"


def _said_text(name: str, value: Any, claim: str) -> tuple[str, str, str]:
    if isinstance(value, bool):
        message = f"{claim}, and {told(value)} is none: YAML reads yes, no, on, off, true and false so."
        return message, f'"{str(value).lower()}"', "Put it in quotes."
    if isinstance(value, int | float):
        return f"{claim}, and {told(value)} is none.", f'"{value}"', f'Put it in quotes: {name}: "{value}"'
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        return f"{claim}, and no list.", short(value[0]), "Remove the dash or the brackets."
    return f"{claim}, and {told(value)} is none.", "a text", f"Write {name}: with its text behind the colon."


def _first_field(expression: str) -> str:
    """The field that an entry of a list begins with."""
    if not expression.startswith("@"):
        return ""
    known = types.fields(expression[1:])
    needed = types.required(expression[1:])
    return needed[0] if needed else next(iter(known), "")
