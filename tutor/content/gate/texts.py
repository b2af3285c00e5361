"""Texts and checks speak of the same things: names, images, files; and links are links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tutor.content.gate.note import Notes, text_of
from tutor.content.loader import Course
from tutor.content.toml_lines import toml_lines

NAMED = ("name", "deployment", "service", "container", "image", "path", "port")
"""Parameters whose value the learner has to write or meet."""
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\n]*)\)")
_ADDRESS = re.compile(r"https?:[^\s)>\"'`\]]*")
_APPLIED = re.compile(r"-[fR] (kube/\S*)")
_DEPLOYMENT = re.compile(r"(?<![\w./-])([a-z0-9][a-z0-9-]*?-deployment)(?=-[a-z0-9]{8,10}-[a-z0-9]{5}\b|(?![\w-]))")
_IMAGE = re.compile(r"(?<![\w./-])([a-z0-9]+/[a-z0-9][a-z0-9._-]*:\w[\w.-]*\w)")


def text_errors(course: Course, notes: Notes) -> None:
    links = 0
    deployments, images = _known(course)
    texts = list(_texts(course, notes))
    for file, text in texts:
        links += _links(file, text, notes)
        text = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
        for pattern, known, what in ((_DEPLOYMENT, deployments, "a Deployment"), (_IMAGE, images, "an image")):
            for match in pattern.finditer(text):
                if match[1] not in known:
                    notes.file(file, _line(text, match.start()), f"no step has {what} {match[1]}")
        for match in _APPLIED.finditer(text):
            path = match[1].rstrip("`.,;:)")
            if not (course.folders.starter / path).exists():
                notes.file(file, _line(text, match.start()), f"starter/{path} does not exist")
    names = _names_are_told(course, notes)
    notes.line(f"texts: {len(texts)} read, {links} links, {names} names compared with the checks")


def _links(file: Path, text: str, notes: Notes) -> int:
    count = 0
    for match in _LINK.finditer(text):
        count += 1
        if not match[1].strip() or not match[2].startswith("https://"):
            notes.file(file, _line(text, match.start()), f"a link is [words](https://…); found {match[0]}")
    for match in _ADDRESS.finditer(text):
        if match[0].startswith("http://"):
            continue  # an address of the exercise itself, such as http://user:9001
        count += 1
        address = match[0].rstrip(".,;:")
        parts = urlsplit(address)
        if not parts.hostname or "." not in parts.hostname or "//" in parts.path:
            notes.file(file, _line(text, match.start()), f"{address} is no address")
    return count


def _names_are_told(course: Course, notes: Notes) -> int:
    """Each name that a check asks for stands in the text of its step or of one before: no learner has to guess it."""
    told = ""
    count = 0
    for step in course.steps:
        told += "\n".join([step.text, *(_starter(course, file) for file in (*step.files, *step.given))])
        for task_index, task in enumerate(step.tasks):
            for index, check in enumerate(task.checks):
                for key in (key for key in NAMED if key in check.params):
                    count += 1
                    value = str(check.params[key])
                    if not re.search(rf"(?<![\w.-]){re.escape(value)}(?!\w|-[a-z]|\.\w)", told):
                        at = ("tasks", task_index, "checks", index, key)
                        notes.step(step, at, f'the check asks for {key} "{value}", and no text before it names that')
    return count


def _texts(course: Course, notes: Notes) -> Iterator[tuple[Path, str]]:
    """What learners read, each with the file it comes from; of a step.toml the comments and checks are blanked."""
    files = [course.folders.steps / name for name in ("welcome.md", "cheatsheet.md")]
    for step in course.steps:
        files += [notes.folder(step) / name for name in ("text.md", "done.md", "instructor.md")]
        file = notes.folder(step) / "step.toml"
        lines = text_of(file).splitlines(keepends=True)
        starts = [(line, path) for path, line in toml_lines("".join(lines)).items()]
        shown = {line for line, path in starts if path[-1] in ("title", "docs") or "hints" in path}
        others = {line for line, _ in starts}
        kept, keep = [], False
        for number, text in enumerate(lines, 1):
            keep = number in shown or (keep and number not in others)
            kept.append(text if keep else "\n")
        yield file, "".join(kept)
    for file in files:
        if file.is_file():
            yield file, text_of(file)


def _known(course: Course) -> tuple[set[str], set[str]]:
    """(Deployments, images) of the checks, the references, the starters and the actions."""
    deployments: set[str] = set()
    images: set[str] = set()
    for step in course.steps:
        images.add(step.action.removeprefix("roll:"))
        for check in step.checks:
            deployments |= set(_strings(check.params, ("deployment", "name")))
            images |= set(_strings(check.params, ("image",)))
    for folder in (course.folders.starter, course.folders.solutions):
        for path in folder.rglob("*.y*ml"):
            text = text_of(path)
            deployments |= {match[1] for match in _DEPLOYMENT.finditer(text)}
            images |= {match[1] for match in _IMAGE.finditer(text)}
    return deployments, images


def _strings(params: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value = params.get(key)
        if isinstance(value, str):
            yield value


def _starter(course: Course, file: str) -> str:
    path = course.folders.starter / file
    return text_of(path)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
