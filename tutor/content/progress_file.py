"""Saved progress: one JSON file for each workspace, written whole; a broken one is set aside and said, never lost."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tutor.content.atomic import replace_file
from tutor.core.progress import Progress, StepProgress

FORMAT = 1


class ProgressNotSaved(Exception):
    """Progress could not be written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    progress: Progress
    message: str = ""
    """What the learner should know of the file: it was broken and set aside, or it must not be overwritten."""
    writable: bool = True
    """False: the file is of a newer tutor or cannot be read, and `save` would destroy it."""


def load(path: Path) -> Loaded:
    """The saved progress; an empty one where there is none yet. Never raises."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Loaded(Progress())
    except OSError as error:
        return Loaded(
            Progress(), f"The saved progress in {path} cannot be read ({error.strerror}); it is left as it is.", False
        )
    try:
        value = json.loads(data)
        if not isinstance(value, dict):
            raise ValueError("not an object")
        if isinstance(value.get("format"), int) and value["format"] > FORMAT:
            return Loaded(
                Progress(),
                f"The saved progress in {path} is of a newer homics-tutor; it is left as it is. Update homics-tutor.",
                False,
            )
        return Loaded(from_json(value))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _set_aside(path)


def save(path: Path, progress: Progress) -> None:
    """Write `progress` whole. Raises: `ProgressNotSaved`."""
    text = json.dumps(to_json(progress), indent=1, ensure_ascii=False) + "\n"
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise ProgressNotSaved(
            f"Your progress could not be saved in {path} ({error.strerror}). It is kept until you quit."
        ) from error


def to_json(progress: Progress) -> dict[str, Any]:
    steps = {
        slug: {
            "begun_at": step.begun_at,
            "passed_at": step.passed_at,
            "evidence": list(step.evidence),
            "hints": dict(step.hints),
            "attempts": step.attempts,
        }
        for slug, step in progress.steps.items()
    }
    return {"format": FORMAT, "current": progress.current, "steps": steps}


def from_json(value: Mapping[str, Any]) -> Progress:
    """Raises: `ValueError` or `TypeError` where the shape is another one."""
    steps = {str(slug): _step(data) for slug, data in value["steps"].items()} if "steps" in value else {}
    current = value.get("current", "")
    if not isinstance(current, str):
        raise TypeError("current is a text")
    return Progress(MappingProxyType(steps), current)


def _step(data: Any) -> StepProgress:
    hints = {str(task): int(tiers) for task, tiers in data.get("hints", {}).items()}
    return StepProgress(
        begun_at=_time(data.get("begun_at")),
        passed_at=_time(data.get("passed_at")),
        evidence=tuple(str(sentence) for sentence in data.get("evidence", [])),
        hints=MappingProxyType(hints),
        attempts=int(data.get("attempts", 0)),
    )


def _time(value: Any) -> float | None:
    return None if value is None else float(value)


def _set_aside(path: Path) -> Loaded:
    for number in range(1, 1000):
        aside = path.with_name(f"{path.stem}.broken-{number}{path.suffix}")
        if not os.path.lexists(aside):
            break
    try:
        os.replace(path, aside)
    except OSError as error:
        why = f"The saved progress in {path} is broken and cannot be set aside ({error.strerror}). Move it yourself."
        return Loaded(Progress(), why, False)
    return Loaded(
        Progress(),
        f"The saved progress was broken. It is kept as {aside}; your steps are found again by checking them.",
    )
