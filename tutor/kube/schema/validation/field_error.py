"""One value that the API server refuses, and the sentences that it says about it (v1.34.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tutor.kube.refs import KINDS
from tutor.kube.schema.path import Path, path_text

ErrorType = Literal[
    "FieldValueRequired",
    "FieldValueInvalid",
    "FieldValueNotSupported",
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueNotFound",
    "FieldValueTooLong",
    "FieldValueTooMany",
]

_HEADS: dict[ErrorType, str] = {
    "FieldValueRequired": "Required value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueNotFound": "Not found",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
}
_WITHOUT_VALUE = ("FieldValueRequired", "FieldValueForbidden", "FieldValueTooLong")


@dataclass(frozen=True, slots=True)
class FieldError:
    path: Path
    """The field as the API server names it: now and then not where the value stands (`spec.template.labels`)."""
    type: ErrorType
    value: Any = None
    detail: str = ""

    @property
    def message(self) -> str:
        """Without the field: `Invalid value: 70000: must be between 1 and 65535, inclusive`."""
        text = _HEADS[self.type]
        if self.type not in _WITHOUT_VALUE:
            text += f": {go_value(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    @property
    def field(self) -> str:
        return path_text(self.path) or "[]"

    def cause(self) -> dict[str, str]:
        """An entry of the Status' details.causes."""
        return {"reason": self.type, "message": self.message, "field": self.field}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


Errors = Iterator[FieldError]


def required(path: Path, detail: str = "") -> FieldError:
    return FieldError(path, "FieldValueRequired", "", detail)


def invalid(path: Path, value: Any, detail: str) -> FieldError:
    return FieldError(path, "FieldValueInvalid", value, detail)


def forbidden(path: Path, detail: str) -> FieldError:
    return FieldError(path, "FieldValueForbidden", "", detail)


def duplicate(path: Path, value: Any) -> FieldError:
    return FieldError(path, "FieldValueDuplicate", value)


def not_found(path: Path, value: Any) -> FieldError:
    return FieldError(path, "FieldValueNotFound", value)


def not_supported(path: Path, value: Any, allowed: Iterable[str]) -> FieldError:
    """`allowed` in the order in which the API server lists them."""
    detail = "supported values: " + ", ".join(go_quote(one) for one in allowed)
    return FieldError(path, "FieldValueNotSupported", value, detail)


def too_long(path: Path, most: int) -> FieldError:
    return FieldError(path, "FieldValueTooLong", "", f"may not be more than {most} bytes")


def too_many(path: Path, found: int, most: int) -> FieldError:
    return FieldError(path, "FieldValueTooMany", found, f"must have at most {most} items")


def each_invalid(path: Path, value: Any, details: Iterable[str]) -> Errors:
    return (invalid(path, value, detail) for detail in details)


def render_invalid(kind: str, name: str, errors: Sequence[FieldError]) -> str:
    """The sentence of a Status with the reason Invalid: `Deployment.apps "x" is invalid: …`."""
    info = KINDS.get(kind)
    qualified = f"{kind}.{info.group}" if info and info.group else kind
    texts = list(dict.fromkeys(str(error) for error in errors))
    text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    return f'{qualified} "{name}" is invalid: {text}'


def go_value(value: Any) -> str:
    """As Go prints the value of an error: plain numbers, quoted strings, JSON for the rest."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return go_quote(value)
    if isinstance(value, int | float):
        return str(value)
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


_SHORT = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_SHORT |= {'"': '\\"', "\\": "\\\\"}


def go_quote(text: str) -> str:
    """Go's %q."""
    return '"' + "".join(_quoted(char) for char in text) + '"'


def _quoted(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
