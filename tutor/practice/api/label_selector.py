"""The `labelSelector` parameter, read as the API server reads it, with its words for what it cannot read.

`a=b,c==d,e!=f,g in (h,i),j notin (k),l,!m`; also `n>1` and `n<5`. Source: k8s.io/apimachinery/pkg/labels and the
answers of v1.34.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tutor.kube.labels import Operator, Requirement, Selector
from tutor.kube.schema.validation import texts

_TOKEN = re.compile(r"\s*(?:(!=|==|=|!|\(|\)|,|>|<)|([^\s=!(),<>]+))")
_OPERATORS = ("in", "notin", "=", "==", "!=", ">", "<")
_END = ""
_NO_KEY = (",", "(", ")", "=", "==", "!=", ">", "<")


@dataclass(frozen=True, slots=True)
class Comparison(Requirement):
    """A label that must be a number above or below another."""

    above: bool = False
    number: int = 0

    def matches(self, labels: object) -> bool:
        found = labels.get(self.key, "") if isinstance(labels, dict) else ""
        try:
            value = int(found)
        except ValueError:
            return False
        return value > self.number if self.above else value < self.number


@dataclass(slots=True)
class _Reader:
    tokens: list[str] = field(default_factory=list)
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token


def parse(text: str) -> Selector:
    """Raises: `ValueError`."""
    reader = _Reader([m[1] or m[2] for m in _TOKEN.finditer(text)])
    found: list[Requirement] = []
    while (token := reader.peek()) != _END:
        if token in _NO_KEY:
            raise ValueError(f"found '{token}', expected: !, identifier, or 'end of string'")
        try:
            found.append(_requirement(reader))
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from error
        token = reader.next()
        if token == _END:
            break
        if token != ",":
            raise ValueError(f"found '{token}', expected: ',' or 'end of string'")
        if reader.peek() in ("", *_NO_KEY):
            raise ValueError(f"found '{reader.peek()}', expected: identifier after ','")
    return Selector(tuple(found))


def _requirement(reader: _Reader) -> Requirement:
    absent = reader.peek() == "!"
    if absent:
        reader.next()
    key = reader.next()
    if key in ("", "!", *_NO_KEY):
        raise ValueError(f"found '{key}', expected: identifier")
    for detail in texts.qualified_name(key):
        raise ValueError(f'<nil>: Invalid value: "{key}": {detail}')
    if reader.peek() in (_END, ",") or absent:
        return Requirement(key, "DoesNotExist" if absent else "Exists")
    operator = reader.next()
    if operator not in _OPERATORS:
        names = ", ".join(("in", "notin", "=", "==", "!=", "gt", "lt"))
        raise ValueError(f"found '{operator}', expected: {names}")
    if operator in ("in", "notin"):
        return _checked(Requirement(key, "In" if operator == "in" else "NotIn", _set(reader)))
    value = "" if reader.peek() in (_END, ",") else reader.next()
    if value in ("!", *_NO_KEY):
        raise ValueError(f"found '{value}', expected: identifier")
    if operator in (">", "<"):
        return _comparison(key, operator, value)
    form: Operator = "NotIn" if operator == "!=" else "In"
    return _checked(Requirement(key, form, frozenset({value})))


def _checked(requirement: Requirement) -> Requirement:
    for index, value in enumerate(sorted(requirement.values)):
        for detail in texts.label_value(value):
            raise ValueError(f'values[{index}][{requirement.key}]: Invalid value: "{value}": {detail}')
    return requirement


def _set(reader: _Reader) -> frozenset[str]:
    if (token := reader.next()) != "(":
        raise ValueError(f"found '{token}' expected: '('")
    values: set[str] = set()
    while True:
        token = reader.next()
        if token == ")":
            return frozenset(values or {""})
        if token == ",":
            if reader.peek() in (",", ")"):
                values.add("")
            continue
        if token in ("", "!", *_NO_KEY):
            raise ValueError(f"found '{token}', expected: ',', ')' or identifier")
        values.add(token)
        if reader.peek() not in (",", ")"):
            raise ValueError(f"found '{reader.peek()}', expected: ',' or ')'")


def _comparison(key: str, operator: str, value: str) -> Requirement:
    try:
        number = int(value)
    except ValueError:
        what = "for 'Gt', 'Lt' operators, the value must be an integer"
        raise ValueError(f'values[0]: Invalid value: "{value}": {what}') from None
    return Comparison(key, "Exists", frozenset(), operator == ">", number)
