"""One line of the doctor's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    OK = "ok"
    WARN = "warn"
    """The exercise works, or works up to some step."""
    BAD = "bad"
    """The exercise cannot be done so."""
    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True)
class Advice:
    mark: Mark
    about: str
    """What was looked at, one or two words: "memory"."""
    found: str
    """What was seen, a sentence."""
    do: str = ""
    """What to do about it; empty where nothing is to be done."""


def ok(about: str, found: str) -> Advice:
    return Advice(Mark.OK, about, found)


def warn(about: str, found: str, do: str) -> Advice:
    return Advice(Mark.WARN, about, found, do)


def bad(about: str, found: str, do: str) -> Advice:
    return Advice(Mark.BAD, about, found, do)


def unknown(about: str, found: str, do: str = "") -> Advice:
    return Advice(Mark.UNKNOWN, about, found, do)
