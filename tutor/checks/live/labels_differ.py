"""Why a Service's selector finds no pod: which label differs, and by which characters."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher

from tutor.core.snapshot import ClusterSnapshot, KubeObject


def nearest_pod(snapshot: ClusterSnapshot, selector: Mapping[str, str]) -> tuple[KubeObject, str] | None:
    """The pod whose labels come nearest to the selector, and what keeps it from being selected."""
    best: tuple[float, KubeObject, str] | None = None
    for pod in snapshot.list("Pod"):
        labels = pod["metadata"].get("labels") or {}
        if pod["metadata"].get("deletionTimestamp") or not labels:
            continue
        likeness, words = compare(selector, labels)
        if best is None or likeness > best[0]:
            best = (likeness, pod, words)
    return None if best is None or best[0] < 0.5 else (best[1], best[2])


def compare(selector: Mapping[str, str], labels: Mapping[str, str]) -> tuple[float, str]:
    """(likeness from 0 to 1, the first difference in words)."""
    scores: list[float] = []
    words = ""
    for key, value in selector.items():
        if labels.get(key) == value:
            scores.append(1.0)
            continue
        score, said = _difference(key, value, labels)
        scores.append(score)
        words = words or said
    return (sum(scores) / len(scores) if scores else 0.0), words


def _difference(key: str, value: str, labels: Mapping[str, str]) -> tuple[float, str]:
    if key in labels:
        return 0.4 + 0.6 * _alike(
            value, labels[key]
        ), f"{key}={value}, the pod has {key}={labels[key]}{_spot(value, labels[key])}"
    near = max(labels, key=lambda other: (labels[other] == value, _alike(key, other)))
    if labels[near] == value or _alike(key, near) > 0.6:
        spot = _spot(key, near) if _alike(key, near) > 0.6 else ""
        return 0.5 + 0.4 * _alike(key, near), f"{key}={value}, the pod has {near}={labels[near]}{spot}"
    return 0.0, f"{key}={value}, the pod has no label {key}"


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def _spot(one: str, other: str) -> str:
    """Where two near words part: ": the letter e is missing"."""
    if one.lower() == other.lower():
        return " (capital letters count)"
    changes = [op for op in SequenceMatcher(None, one, other).get_opcodes() if op[0] != "equal"]
    if len(changes) != 1:
        return ""
    kind, a, b, c, d = changes[0]
    if kind == "insert" and d - c <= 2:
        return f' ("{other[c:d]}" is missing in the selector)'
    if kind == "delete" and b - a <= 2:
        return f' ("{one[a:b]}" is too much in the selector)'
    return f' ("{one[a:b]}" is not "{other[c:d]}")' if b - a <= 2 and d - c <= 2 else ""
