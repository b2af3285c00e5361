"""Where a field that stands at the wrong depth belongs: the places of a name in the tree of a kind."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.core.manifest import Document, Path
from tutor.kube.schema import types

DEEPEST = 9
_LEFT_OUT = frozenset({"status", "managedFields", "ownerReferences", "ephemeralContainers", "ephemeral"})
"""Parts that nobody writes by hand."""
_SECOND_BEST = frozenset(
    {
        "initContainers",
        "lifecycle",
        "affinity",
        "volumes",
        "behavior",
        "securityContext",
        "livenessProbe",
        "startupProbe",
        "tcpSocket",
        "grpc",
    }
)
"""Meant only where they are written already, or where nothing else fits."""
FEW = 4
ENTRY = 0
"""Stands for any entry of a list."""


@dataclass(frozen=True, slots=True)
class Home:
    """One place of a name."""

    path: Path
    type: str
    """The expression of its type."""
    values: tuple[str, ...] = ()
    """What it can be, where the schema lists that."""

    @property
    def parent(self) -> Path:
        return self.path[:-1]


@functools.cache
def homes(kind_type: str) -> Mapping[str, tuple[Home, ...]]:
    """Name of a field → its places in the tree of a kind, the shallow ones first."""
    found: dict[str, list[Home]] = {}
    for home in _walk(kind_type):
        found.setdefault(str(home.path[-1]), []).append(home)
    return {name: tuple(sorted(places, key=lambda home: len(home.path))) for name, places in found.items()}


def _walk(kind_type: str) -> Iterator[Home]:
    todo: list[tuple[Path, str, frozenset[str]]] = [((), kind_type, frozenset({kind_type}))]
    while todo:
        path, type_name, above = todo.pop()
        for name, field in types.fields(type_name).items():
            if name in _LEFT_OUT:
                continue
            here: Path = (*path, name)
            yield Home(here, field.type, field.enum)
            expression = field.type
            while expression[0] == "[":
                here, expression = (*here, ENTRY), expression[1:]
            inner = expression[1:]
            if expression[0] == "@" and inner not in above and len(here) < DEEPEST:
                todo.append((here, inner, above | {inner}))


def best_home(document: Document, kind_type: str, at: Path, value: Any) -> Home | None:
    """The place that is most likely meant: of the right shape, in what is written already, and near."""
    name = str(at[-1])
    fitting = [home for home in homes(kind_type).get(name, ()) if _fits(value, home) and home.path != _plain(at)]
    # Far from all that is written it is a guess, and a name with many places is none to guess by.
    near = [
        home
        for home in fitting
        if _unwritten(document, home.parent) <= 1 or (len(fitting) <= FEW and not _seldom(document, home))
    ]
    return min(near, key=lambda home: _distance(document, at, home), default=None)


def _plain(path: Path) -> Path:
    return tuple(ENTRY if isinstance(part, int) else part for part in path)


def _fits(value: Any, home: Home) -> bool:
    expression = home.type
    if value is None:
        return True
    if home.values and value not in home.values:
        return False
    if isinstance(value, list):
        return expression[0] == "["
    if isinstance(value, Mapping):
        return expression[0] in "@{["
    return expression[0] not in "@{["


def is_written(document: Document, path: Path) -> bool:
    """Whether something stands there, be it with nothing behind its colon."""
    if not path:
        return True
    holder = document.get(*path[:-1])
    if isinstance(holder, list):
        return isinstance(path[-1], int) and path[-1] < len(holder)
    return isinstance(holder, Mapping) and path[-1] in holder


def _unwritten(document: Document, path: Path) -> int:
    """How many parts of a path would have to be written first."""
    return next(n for n in range(len(path) + 1) if n == len(path) or is_written(document, path[: len(path) - n]))


def _distance(document: Document, at: Path, home: Home) -> tuple[Any, ...]:
    """Small is near: no seldom part, least missing on the way, most in common with where it stands, least deep."""
    common = 0
    for one, other in zip(_plain(at), home.path, strict=False):
        if one != other:
            break
        common += 1
    return (
        _seldom(document, home),
        _unwritten(document, home.parent),
        len(at) + len(home.path) - 2 * common,
        len(home.path),
    )


def _seldom(document: Document, home: Home) -> int:
    """How many parts of a place are seldom meant and not written."""
    return sum(
        part in _SECOND_BEST and not is_written(document, home.path[: number + 1])
        for number, part in enumerate(home.path)
    )


def usual_home(kind_type: str, name: str) -> Home:
    """The place that comes first to mind. Raises: `KeyError` where the kind has no such field."""
    return min(
        homes(kind_type)[name], key=lambda home: (sum(part in _SECOND_BEST for part in home.path), len(home.path))
    )


def home_text(path: Path) -> str:
    """ "under spec", "in an entry of spec.template.spec.containers", "at the left edge of the document"."""
    if not path:
        return "at the left edge of the document"
    words = ".".join(str(part) for part in path if not isinstance(part, int))
    return f"in an entry of {words}" if isinstance(path[-1], int) else f"under {words}"
