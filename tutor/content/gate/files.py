"""Files of a course: none missing, none that nothing uses, a TODO in each starter, none left of the author's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tutor.content.gate.note import Notes, text_of
from tutor.content.loader import INSTRUCTOR_FILE, STEP_FILES, Course
from tutor.content.read_file import read_bytes

AUTHOR_TODO = "TODO(author)"
"""What `author new` leaves for the author to write."""
OPTIONAL_FILES = ("mutants.toml", INSTRUCTOR_FILE)


def file_errors(course: Course, notes: Notes) -> None:
    folders = course.folders
    used = {folders.steps / "course.toml"}
    used |= {path for path in folders.steps.glob("*.md") if path.name in _named_texts(course)}
    first: set[str] = set()
    for step in course.steps:
        used |= {notes.folder(step) / name for name in (*STEP_FILES, *OPTIONAL_FILES)}
        for key, files in (("files", step.files), ("given", step.given)):
            for index, file in enumerate(files):
                starter = folders.starter / file
                used.add(starter)
                if not starter.is_file():
                    notes.step(step, (key, index), f"the starter starter/{file} is missing")
                elif key == "given" and "TODO" in text_of(starter):
                    notes.file(starter, _line(starter, "TODO"), "a given file is complete, and this one has a TODO")
                elif key == "files" and file not in first and "TODO" not in text_of(starter):
                    notes.file(starter, 1, "a starter says with a TODO what is to be done in it")
        for index, file in enumerate(step.files):
            first.add(file)
            solution = folders.solutions / course.names[step.slug] / file
            used.add(solution)
            if not solution.is_file():
                notes.step(
                    step, ("files", index), f"the reference solutions/{course.names[step.slug]}/{file} is missing"
                )
            elif "TODO" in text_of(solution):
                notes.file(
                    solution, _line(solution, "TODO"), "a reference has nothing left to do, and this one has a TODO"
                )
    count = 0
    for path in _all_files(course):
        count += 1
        if problem := read_bytes(path)[2]:
            notes.file(path, 1, problem)
            continue
        if path not in used:
            notes.file(path, 1, "nothing uses this file: name it in a step.toml or remove it")
        elif AUTHOR_TODO in (text := text_of(path)):
            line = text[: text.index(AUTHOR_TODO)].count("\n") + 1
            notes.file(path, line, f"there is a {AUTHOR_TODO} left")
    notes.line(f"files: {count} looked at")


def _named_texts(course: Course) -> set[str]:
    import tomllib

    about = tomllib.loads(text_of(course.folders.steps / "course.toml"))
    return {str(about[key]) for key in ("welcome", "cheatsheet") if key in about}


def _all_files(course: Course) -> Iterator[Path]:
    for folder in (course.folders.steps, course.folders.starter, course.folders.solutions):
        yield from sorted(path for path in folder.rglob("*") if not path.is_dir())


def _line(path: Path, word: str) -> int:
    return text_of(path).split(word)[0].count("\n") + 1
