"""How far a selector is from a set of labels: which label differs, and by which characters."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher


def compare(selector: Mapping[str, str], labels: Mapping[str, str], of: str = "the pod") -> tuple[float, str]:
    """(likeness from 0 to 1, the first difference in words). `of` names whom the labels belong to."""
    scores: list[float] = []
    words = ""
    for key, value in selector.items():
        if labels.get(key) == value:
            scores.append(1.0)
            continue
        score, said = _difference(key, value, labels, of)
        scores.append(score)
        words = words or said
    return (sum(scores) / len(scores) if scores else 0.0), words


def _difference(key: str, value: str, labels: Mapping[str, str], of: str) -> tuple[float, str]:
    if key in labels:
        likeness = 0.4 + 0.6 * alike(value, labels[key])
        return likeness, f"{key}={value}, {of} has {key}={labels[key]}{spot(value, labels[key])}"
    if labels:
        near = max(labels, key=lambda other: (labels[other] == value, alike(key, other)))
        if labels[near] == value or alike(key, near) > 0.6:
            where = spot(key, near) if alike(key, near) > 0.6 else ""
            return 0.5 + 0.4 * alike(key, near), f"{key}={value}, {of} has {near}={labels[near]}{where}"
    return 0.0, f"{key}={value}, {of} has no label {key}"


def alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def spot(one: str, other: str, where: str = " in the selector") -> str:
    """Where two near words part: ' ("e" is missing in the selector)'."""
    if one.lower() == other.lower():
        return " (capital letters count)"
    changes = [op for op in SequenceMatcher(None, one, other).get_opcodes() if op[0] != "equal"]
    if len(changes) != 1:
        return ""
    kind, a, b, c, d = changes[0]
    if kind == "insert" and d - c <= 2:
        return f' ("{other[c:d]}" is missing{where})'
    if kind == "delete" and b - a <= 2:
        return f' ("{one[a:b]}" is too much{where})'
    return f' ("{one[a:b]}" is not "{other[c:d]}")' if b - a <= 2 and d - c <= 2 else ""
