"""Hints lead to the answer and are not the answer."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

from tutor.content.gate.note import Notes, text_of
from tutor.content.loader import Course
from tutor.core.step import Step

MOST = 0.6
"""Of the words of an answer that a hint may hold in one piece."""
FEWEST_WORDS = 12
"""Answers shorter than this cannot be hinted at without their words."""
_WORD = re.compile(r"[\w./-]+")
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OBJECT = re.compile(r"^\s*(apiVersion|kind):", re.MULTILINE)


def hint_errors(course: Course, notes: Notes) -> None:
    count = 0
    before: dict[str, str] = {}
    for step in course.steps:
        answers = {file: _added(before.get(file, ""), path) for file, path in course.solution(step.slug).items()}
        for task_index, task in enumerate(step.tasks):
            for index, hint in enumerate(task.hints):
                count += 1
                at = ("tasks", task_index, "hints", index)
                if _OBJECT.search(hint):
                    notes.step(step, at, "a hint names the fields to write; this one holds a manifest")
                for file, answer in answers.items():
                    if _holds(hint, answer):
                        notes.step(step, at, f"this hint holds most of the answer for {file}")
        _texts(step, answers, notes)
        before.update({file: text_of(path) for file, path in course.solution(step.slug).items()})
    notes.line(f"hints: {count} read")


def _texts(step: Step, answers: dict[str, list[str]], notes: Notes) -> None:
    """What is shown before the step is done must not hold the answer either."""
    path = notes.folder(step) / "text.md"
    for match in _FENCE.finditer(step.text):
        for file, answer in answers.items():
            if _holds(match[1], answer):
                line = step.text[: match.start()].count("\n") + 1
                notes.file(path, line, f"the text before the step holds most of the answer for {file}")


def _added(before: str, path: Path) -> list[str]:
    """The words of the lines that the answer adds to what the step before left."""
    old = {line.strip() for line in before.splitlines()}
    lines = text_of(path).splitlines()
    return [word for line in lines if line.strip() not in old for word in _WORD.findall(line)]


def _holds(text: str, answer: list[str]) -> bool:
    if len(answer) < FEWEST_WORDS:
        return False
    words = _WORD.findall(text)
    longest = SequenceMatcher(None, words, answer, autojunk=False).find_longest_match()
    return longest.size >= MOST * len(answer)
