"""Label selectors: of Deployments (matchLabels, matchExpressions), of Services (a map), of a query string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist"]


@dataclass(frozen=True, slots=True)
class Requirement:
    key: str
    operator: Operator
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        if self.operator == "Exists":
            return self.key in labels
        if self.operator == "DoesNotExist":
            return self.key not in labels
        holds = self.key in labels and labels[self.key] in self.values
        return holds if self.operator == "In" else not holds


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements must hold; none at all selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.requirements)

    @classmethod
    def parse(cls, text: str) -> Selector:
        """A query string: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. Raises: `ValueError`."""
        return cls(tuple(_requirement(part) for part in _split(text)))


_IN = re.compile(r"(\S+)\s+(in|notin)\s+\(([^()]*)\)")
_EQUAL = re.compile(r"([^=!\s]+)\s*(==|=|!=)\s*(\S*)")
_KEY = re.compile(r"(!?)\s*([^=!\s(),]+)")


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _requirement(part: str) -> Requirement:
    if matched := _IN.fullmatch(part):
        values = frozenset(value.strip() for value in matched[3].split(","))
        return Requirement(matched[1], "In" if matched[2] == "in" else "NotIn", values)
    if matched := _EQUAL.fullmatch(part):
        return Requirement(matched[1], "NotIn" if matched[2] == "!=" else "In", frozenset({matched[3]}))
    if matched := _KEY.fullmatch(part):
        return Requirement(matched[2], "DoesNotExist" if matched[1] else "Exists")
    raise ValueError(f"unable to parse requirement: {part!r}")


def of_label_selector(selector: Mapping[str, Any]) -> Selector:
    """A metav1.LabelSelector: matchLabels and matchExpressions, all of which must hold."""
    requirements = [
        Requirement(str(key), "In", frozenset({str(value)}))
        for key, value in (selector.get("matchLabels") or {}).items()
    ]
    for expression in selector.get("matchExpressions") or []:
        values = frozenset(str(value) for value in expression.get("values") or [])
        requirements.append(Requirement(str(expression.get("key", "")), expression.get("operator", "In"), values))
    return Selector(tuple(requirements))


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a metav1.LabelSelector selects these labels: None selects nothing, an empty one everything."""
    return selector is not None and of_label_selector(selector).matches(labels)


def equality_matches(selector: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    """Whether a Service's selector selects these labels: an absent or empty one selects nothing."""
    return bool(selector) and all(labels.get(key) == value for key, value in (selector or {}).items())
