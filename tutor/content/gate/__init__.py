"""The course's own gate, `homics-tutor author check`: every mistake of a course with its file and line.

`check_course` is the entry. Reading order: run, files, texts, hints, verdicts, mutants.
"""

from tutor.content.gate.run import GateResult, check_course

__all__ = ["GateResult", "check_course"]
