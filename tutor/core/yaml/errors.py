"""Errors of YAML itself, explained to somebody who meets it for the first time, with the line marked."""

from __future__ import annotations

import yaml

from tutor.core.finding import Finding, Verdict
from tutor.core.yaml.slip import Slip
from tutor.core.yaml.tree import TreeError

RULE = "file-parses"
SOURCE = "https://kubernetes.io/docs/concepts/overview/working-with-objects/#describing-a-kubernetes-object"


def unreadable(path: str, why: str, line: int | None = None, hint: str = "") -> Finding:
    """Nothing can be said of the file's contents."""
    return Finding(RULE, Verdict.UNKNOWN, why, hint=hint, file=path, line=line, column=1 if line else None)


def explain(path: str, text: str, error: TreeError | yaml.YAMLError) -> Finding:
    """The finding of a parser's error."""
    if isinstance(error, TreeError):
        message = error.message[0].upper() + error.message[1:] + "."
        slip = Slip(message, error.mark.line, error.mark.column, error.hint)
    elif isinstance(error, yaml.reader.ReaderError):
        slip = _character(text, error)
    else:
        slip = _explained(text, error)
    return _finding(path, slip, text)


def _character(text: str, error: yaml.reader.ReaderError) -> Slip:
    at = error.position
    if at < 0 or at > len(text):
        at = 0
    character = error.character
    code = ord(character) if isinstance(character, str) else int(character or 0)
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Slip(f"The character U+{code:04X} is not allowed in YAML.", line, column, "Remove it.")


def _explained(text: str, error: yaml.YAMLError) -> Slip:
    # Its patterns take some milliseconds to compile, and most files need none of them.
    from tutor.core.yaml.slips import SLIPS
    from tutor.core.yaml.trouble import Trouble

    problem, about, mark, start = str(error), "", None, None
    if isinstance(error, yaml.MarkedYAMLError):
        problem, about = error.problem or "", error.context or ""
        mark, start = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    trouble = Trouble(text.split("\n"), problem, about, line, column, start.line + 1 if start else line)
    for slip in SLIPS:
        if (found := slip(trouble)) is not None:
            return found
    words = f"Line {line} is not YAML: {problem}."
    return Slip(words, line, column, "Compare it with the lines around it.", trouble.shown(line))


def _finding(path: str, slip: Slip, text: str) -> Finding:
    lines = text.count("\n") + 1
    return Finding(
        RULE,
        Verdict.FAILED,
        slip.message,
        found=slip.found,
        hint=slip.hint,
        file=path,
        line=min(max(1, slip.line), lines),
        column=max(1, slip.column),
        source=SOURCE,
    )
