"""Values that the API server refuses, each once and at its place."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from tutor.checks.say import Say, place
from tutor.checks.structure.missing import absent, extra_dash
from tutor.checks.structure.refusals import explained
from tutor.checks.structure.where import Home
from tutor.checks.structure.words import holder_type, noun, page, short, shown
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.kube import schema
from tutor.kube.schema import FieldError, StructureError

_MAPS = frozenset({"labels", "annotations", "matchLabels", "selector", "nodeSelector"})
_OTHER_WORDS = ("`selector` does not match template `labels`", "invalid label selector")
"""Which of selector and labels is wrong is the word of the rule selector-matches-template; an invalid selector is told
by what is wrong in it."""
MOST = 40
"""Findings of a document: who has more begins with these."""
_EMPTY = ("empty selector", "must specify a handler type")
Slips = Sequence[tuple[StructureError, str, Home | None]]
"""What was found in the structure before: the error, the name that was meant, the place where it belongs."""


def refused_values(say: Say, document: Document, kind_type: str, slips: Slips) -> list[Finding]:
    """What is wrong beside `slips`; what only follows from one of those is left out."""
    wrong = [error.path for error, _, _ in slips]
    defaulted = schema.set_defaults(_without(document.value, wrong))
    findings: list[Finding] = []
    told: set[Path] = set()
    derived: list[tuple[FieldError, Path]] = []
    """Of values that stand nowhere in the document: they follow from others."""
    for error in schema.validate(defaulted, None):
        if len(findings) >= MOST:
            break
        if error.detail.startswith(_OTHER_WORDS):
            continue
        path, is_key = _node(document, error)
        missing = _missing(document, path)
        if missing is not None and not _says_missing(error):
            derived.append((error, path))
            continue
        if document.kind == "Service" and missing is not None and missing[-1] == "targetPort":
            # It may be left out, and is port's value then: what is wrong is told of port.
            continue
        about = path if missing is None else missing
        if any(about[: len(one)] == one for one in (*told, *wrong)) or _follows(about, error, slips):
            continue
        told.add(about)
        if missing is None:
            findings.append(_refused(say, document, kind_type, error, path, is_key))
        elif (dash := extra_dash(say, document, kind_type, missing)) is not None:
            # What the entry above lacks stands in this one.
            findings = [finding for finding in findings if finding.line != dash.line or finding.path != dash.path]
            findings = [one for one in findings if not one.path.startswith(schema.path_text(_above(missing)))]
            findings.append(dash)
        else:
            findings.append(absent(say, document, kind_type, missing, path))
    for error, path in derived[:MOST]:
        if not any(one[: len(path) - 1] == path[:-1] for one in (*told, *wrong)):
            told.add(path)
            findings.append(_refused(say, document, kind_type, error, path, False))
    return findings


def _above(missing: Path) -> Path:
    """The entry above the one that misses something."""
    index = missing[-2]
    return (*missing[:-2], index - 1) if isinstance(index, int) else missing[:-1]


def _without(value: Any, wrong: Sequence[Path]) -> Any:
    """A copy in which what does not fit has no value."""
    if not wrong:
        return value
    result = copy.deepcopy(value)
    for path in sorted(wrong, key=len, reverse=True):
        holder = result
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = None
    return result


def _says_missing(error: FieldError) -> bool:
    return error.type == "FieldValueRequired" or error.value in (0, "", None) or isinstance(error.value, Mapping)


def _missing(document: Document, path: Path) -> Path | None:
    """The first part of a path that has no value in the document; None where all of it is written."""
    for length in range(1, len(path) + 1):
        if document.get(*path[:length]) is None:
            return path[:length]
    return None


def _follows(about: Path, error: FieldError, slips: Slips) -> bool:
    """Whether something is missing only because it is misspelt, of another type, or stands somewhere else."""
    for slip, meant, home in slips:
        if error.detail.startswith(_EMPTY) and slip.path[: len(about)] == about:
            return True
        if slip.path[:-1] == about[:-1] and meant == about[-1]:
            return True
        if home is not None and _plain(home.path)[: len(about)] == _plain(about):
            return True
        if error.detail.endswith("when `type` is 'ClusterIP'") and home is not None and home.path == ("spec", "type"):
            return True
    return False


def _plain(path: Path) -> Path:
    return tuple(0 if isinstance(part, int) else part for part in path)


def _node(document: Document, error: FieldError) -> tuple[Path, bool]:
    """(where it stands in the document, whether its key is meant): the API server names some fields otherwise."""
    path = error.path
    if path[:2] == ("spec", "template") and path[2:3] in (("labels",), ("annotations",)):
        path = ("spec", "template", "metadata", *path[2:])
    if path[:2] == ("spec", "clusterIPs") and document.get("spec", "clusterIP") is not None:
        path = ("spec", "clusterIP")
    if path == ("spec", "strategy") and error.type == "FieldValueNotSupported":
        path = ("spec", "strategy", "type")
    old = ("spec", "targetCPUUtilizationPercentage")
    if path[-1:] == ("averageUtilization",) and document.get(*path) is None and document.get(*old) is not None:
        path = old
    if document.kind == "Secret" and document.get("stringData", path[-1]) is not None:
        path = ("stringData", path[-1])
    path = _with_index(document, path, error.value)
    words = error.detail.split()
    if path[-1:] == ("requests",) and "limit" in words and (name := words[words.index("limit") - 1]):
        path = (*path, name)
    found = document.get(*path)
    if path and path[-1] in _MAPS and isinstance(found, Mapping) and isinstance(error.value, str):
        if error.value in found:
            return (*path, error.value), True
        if (key := next((key for key, value in found.items() if value == error.value), None)) is not None:
            return (*path, key), False
    return path, False


def _with_index(document: Document, path: Path, value: Any) -> Path:
    """The API server names some fields of a list's entries without the entry: the one with that value is meant."""
    entries = document.get(*path[:-1])
    if isinstance(entries, list) and isinstance(path[-1], str):
        for index, entry in enumerate(entries):
            if isinstance(entry, Mapping) and path[-1] in entry and value in ("", entry[path[-1]]):
                return (*path[:-1], index, path[-1])
    return path


def _refused(say: Say, document: Document, kind_type: str, error: FieldError, path: Path, is_key: bool) -> Finding:
    value = error.value
    if isinstance(value, Mapping) and path[-1] == "type":
        value = document.get(*path)
    type_name = holder_type(kind_type, path)
    holder = str(next((part for part in reversed(path[:-1]) if isinstance(part, str)), "the object"))
    said = explained(error, value, path, document.kind, noun(type_name, holder) if type_name else "")
    return say.failed(
        said.message,
        found=short(path[-1]) if is_key else shown(document.get(*path)),
        expected=said.expected,
        hint=said.hint,
        source=said.source or page(document.kind, type_name),
        **place(document, path, key=is_key),
    )[0]
