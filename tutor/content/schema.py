"""What a step.toml may hold, and every mistake in one with its file and line, all at once.

Reads values that `tomllib` has parsed. Whether rules exist and take their parameters is asked apart
(`rule_errors`), so that loading a course imports no check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tutor.content.toml_lines import Path as TomlPath
from tutor.core.step import CheckRef, Step, Task

if TYPE_CHECKING:
    from tutor.checks.registry import Rule

STEP_KEYS = frozenset({"title", "files", "given", "action", "docs", "bonus", "tasks"})
TASK_KEYS = frozenset({"id", "title", "hints", "checks"})
CHECK_KEYS = frozenset({"rule", "id", "needs"})
HINT_TIERS = ("a question", "the concept with its page", "the fields to write")
MANIFEST_ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, order=True)
class CourseError:
    """One mistake in a course, for its author."""

    file: str
    """Relative to the course's root, with forward slashes."""
    line: int
    """Counts from 1."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CourseInvalid(Exception):
    """A course that cannot be loaded; `errors` are all of its mistakes."""

    def __init__(self, errors: Iterable[CourseError]) -> None:
        self.errors = tuple(sorted(errors))
        super().__init__("\n".join(str(error) for error in self.errors))


Report = Callable[[TomlPath, str], None]
"""Called with the place of a mistake in the file and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The Markdown files of a step."""

    text: str
    done: str
    notes: str = ""


def read_step(data: Mapping[str, Any], slug: str, number: int, texts: Texts, report: Report) -> Step:
    """The step of a parsed step.toml. What is wrong is reported, and a harmless value stands in its place."""
    _unknown_keys(data, STEP_KEYS, (), report)
    action = _text(data, "action", (), report, needed=False)
    if (action and action != "crash" and not action.removeprefix("roll:").strip()) or action.split(":")[0] not in (
        "",
        "crash",
        "roll",
    ):
        report(("action",), f'the action is "crash" or "roll:IMAGE", not "{action}"')
    docs = _text(data, "docs", (), report, needed=False)
    if docs and urlsplit(docs).scheme != "https":
        report(("docs",), f'docs is the address of a page, beginning with https://, not "{docs}"')
    bonus = data.get("bonus", False)
    if not isinstance(bonus, bool):
        report(("bonus",), "bonus is true or false")
    tasks = tuple(
        _task(task, ("tasks", index), report) for index, task in enumerate(_tables(data, "tasks", (), report))
    )
    _duplicates([(task.id, ("tasks", index, "id")) for index, task in enumerate(tasks)], "task", report)
    _check_ids(tasks, report)
    return Step(
        slug=slug,
        number=number,
        title=_text(data, "title", (), report),
        text=texts.text,
        files=_paths(data, "files", report),
        tasks=tasks,
        action=action,
        given=_paths(data, "given", report),
        docs=docs,
        done=texts.done,
        bonus=bonus is True,
        notes=texts.notes,
    )


def rule_errors(step: Step, rules: Mapping[str, Rule], report: Report) -> None:
    """Checks of a step against the registry: does the rule exist, does it take these parameters?"""
    for task_index, task in enumerate(step.tasks):
        for index, check in enumerate(task.checks):
            at: TomlPath = ("tasks", task_index, "checks", index)
            rule = rules.get(check.rule)
            if rule is None:
                report((*at, "rule"), f'there is no rule "{check.rule}"{_nearest(check.rule, rules)}')
                continue
            known = {**rule.params, **rule.optional}
            for name, value in check.params.items():
                if name not in known:
                    report((*at, name), f'the rule {rule.name} takes no "{name}"{_nearest(name, known)}')
                elif not _is_a(value, known[name]):
                    report((*at, name), f"{name} of the rule {rule.name} is {_type_names(known[name])}, not {value!r}")
            for name in rule.params:
                if name not in check.params:
                    report(at, f'the rule {rule.name} needs "{name}" ({_type_names(rule.params[name])})')


def _task(data: Any, at: TomlPath, report: Report) -> Task:
    if not isinstance(data, dict):
        report(at, "a task is a table [[tasks]]")
        data = {}
    _unknown_keys(data, TASK_KEYS, at, report)
    hints = data.get("hints")
    if not isinstance(hints, list) or len(hints) != len(HINT_TIERS) or not all(isinstance(hint, str) for hint in hints):
        report((*at, "hints"), f"a task has three hints, each a text: {', '.join(HINT_TIERS)}")
        hints = ["", "", ""]
    else:
        for index, hint in enumerate(hints):
            if not hint.strip():
                report((*at, "hints", index), f"hint {index + 1} ({HINT_TIERS[index]}) is empty")
    checks = tuple(
        _check(check, (*at, "checks", index), report) for index, check in enumerate(_tables(data, "checks", at, report))
    )
    return Task(
        id=_text(data, "id", at, report),
        title=_text(data, "title", at, report),
        hints=(hints[0].strip(), hints[1].strip(), hints[2].strip()),
        checks=checks,
    )


def _check(data: Any, at: TomlPath, report: Report) -> CheckRef:
    if not isinstance(data, dict):
        report(at, "a check is a table [[tasks.checks]]")
        data = {}
    rule = _text(data, "rule", at, report)
    params = {name: value for name, value in data.items() if name not in CHECK_KEYS}
    return CheckRef(
        rule=rule,
        params=params,
        needs=tuple(_texts(data, "needs", at, report)),
        id=_text(data, "id", at, report, needed=False) or rule,
    )


def _check_ids(tasks: tuple[Task, ...], report: Report) -> None:
    """Ids are unique within the step, and `needs` names checks that stand before."""
    named = [
        (check, ("tasks", task_index, "checks", index))
        for task_index, task in enumerate(tasks)
        for index, check in enumerate(task.checks)
    ]
    _duplicates([(check.id, (*at, "id")) for check, at in named], "check", report)
    everything = {check.id for check, _ in named}
    before: set[str] = set()
    for check, at in named:
        for index, need in enumerate(check.needs):
            if need not in everything:
                report(
                    (*at, "needs", index),
                    f'needs names "{need}", and no check of this step has that id{_nearest(need, everything)}',
                )
            elif need not in before:
                report((*at, "needs", index), f'needs names "{need}", which does not stand before this check')
        before.add(check.id)


def _duplicates(named: list[tuple[str, TomlPath]], what: str, report: Report) -> None:
    seen: set[str] = set()
    for name, at in named:
        if name and name in seen:
            report(at, f'two {what}s of this step are called "{name}": give one of them another id')
        seen.add(name)


def _unknown_keys(data: Mapping[str, Any], known: frozenset[str], at: TomlPath, report: Report) -> None:
    for key in data:
        if key not in known:
            report((*at, key), f'unknown key "{key}"{_nearest(key, known)}')


def _text(data: Mapping[str, Any], key: str, at: TomlPath, report: Report, *, needed: bool = True) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        report((*at, key), f"{key} is a text")
        return ""
    if needed and not value.strip():
        report((*at, key), f"{key} is missing" if key not in data else f"{key} is empty")
    return value


def _texts(data: Mapping[str, Any], key: str, at: TomlPath, report: Report) -> list[str]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        report((*at, key), f"{key} is a list of texts")
        return []
    return value


def _tables(data: Mapping[str, Any], key: str, at: TomlPath, report: Report) -> list[Any]:
    value = data.get(key, [])
    if not isinstance(value, list) or not value:
        report(
            (*at, key),
            f"at least one [[{'.'.join(str(part) for part in (*at, key) if isinstance(part, str))}]] is needed",
        )
        return []
    return value


def _paths(data: Mapping[str, Any], key: str, report: Report) -> tuple[str, ...]:
    paths = _texts(data, key, (), report)
    for index, path in enumerate(paths):
        parts = PurePosixPath(path).parts
        if (
            not parts
            or path.startswith("/")
            or "\\" in path
            or ":" in path
            or ".." in parts
            or not path.endswith(MANIFEST_ENDINGS)
        ):
            report(
                (key, index), f'"{path}" is not a manifest below the workspace: write it as kube/NAME/deployment.yaml'
            )
    return tuple(paths)


def _is_a(value: Any, wanted: type | tuple[type, ...]) -> bool:
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    if isinstance(value, bool) and bool not in kinds:
        return False
    return isinstance(value, kinds)


def _type_names(wanted: type | tuple[type, ...]) -> str:
    names = {
        "str": "a text",
        "int": "a number",
        "float": "a number",
        "bool": "true or false",
        "list": "a list",
        "dict": "a table",
    }
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    return " or ".join(dict.fromkeys(names.get(kind.__name__, kind.__name__) for kind in kinds))


def _nearest(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
