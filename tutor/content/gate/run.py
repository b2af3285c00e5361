"""All parts of the gate, one after the other, and what each of them looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.checks.registry import Rule
from tutor.content.gate.files import file_errors
from tutor.content.gate.hints import hint_errors
from tutor.content.gate.mutants import mutant_errors
from tutor.content.gate.note import Notes
from tutor.content.gate.texts import text_errors
from tutor.content.gate.verdicts import verdict_errors
from tutor.content.loader import load_course, unknown_rules
from tutor.content.locate import CourseNotFound
from tutor.content.schema import CourseError, CourseInvalid


@dataclass(frozen=True, slots=True)
class GateResult:
    errors: tuple[CourseError, ...]
    lines: tuple[str, ...]
    """What was looked at, one line a part; for people."""

    @property
    def green(self) -> bool:
        return not self.errors


def check_course(folder: Path | None, rules: Mapping[str, Rule]) -> GateResult:
    """The gate over the course in `folder`, or over the one that comes with the tutor. Nothing is written."""
    try:
        course = load_course(folder)
    except CourseNotFound as error:
        return GateResult((CourseError(".", 1, str(error)),), ())
    except CourseInvalid as error:
        return GateResult(error.errors, ("the course cannot be loaded: nothing else was looked at",))
    notes = Notes(course)
    notes.add_all(unknown_rules(course, rules))
    usable = not notes.errors
    file_errors(course, notes)
    hint_errors(course, notes)
    text_errors(course, notes)
    if usable and not any("is missing" in error.message for error in notes.errors):
        verdict_errors(course, rules, notes)
        mutant_errors(course, rules, notes)
    else:
        notes.line("starters, references and mutants were not judged: mend the mistakes above first")
    return GateResult(tuple(sorted(set(notes.errors))), tuple(notes.lines))
