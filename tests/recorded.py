"""Timelines that were recorded on a real Kubernetes 1.34.2, with the exercise's applications, one happening each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tutor.core.timeline import Entry, Timeline
from tutor.core.timeline_lines import from_line

FOLDER = Path(__file__).parent / "recordings" / "kubernetes-1.34.2"
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl") if path.stem != "pods-of-back-off")


def entries_of(name: str) -> list[Entry]:
    """In the order of their times. A line that cannot be read is a broken file, not a newer format."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [from_line(line) for line in lines]
    assert None not in entries, name
    return sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.at)


def timeline_of(name: str, until: float = float("inf")) -> Timeline:
    return Timeline(entry for entry in entries_of(name) if entry.at <= until)


def end_of(name: str) -> float:
    return entries_of(name)[-1].at


def services() -> list[dict[str, Any]]:
    """The Services of those recordings, as the API server gave them."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "services.json").read_text(encoding="utf-8"))
    return found


def raw_pods() -> list[dict[str, Any]]:
    """Changes of the pods of "back-off" as the watch gave them: `at`, `what`, `pod` (what the columns need)."""
    lines = (FOLDER / "pods-of-back-off.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
