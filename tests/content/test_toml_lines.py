from __future__ import annotations

import tomllib
from typing import Any

from tutor.content.locate import locate
from tutor.content.toml_lines import line_of, toml_lines

TRICKY = '''\
# a comment with [brackets] and "quotes"
title = "a # is no comment here" # but here
"odd key" = 1
a.b.c = { x = [1, 2], y = "}" }
text = """
[not.a.header]
key = "no key"
"quoted" \\""" still inside
"""
raw = \'\'\'
# nothing
\'\'\'
list = [
    "one", # first
    # between
    ["nested", "x"],
    { t = "in, line" },
    "two",
]

[[tasks]]
id = 'a'

[[tasks.checks]]
rule = "r1"

[[tasks.checks]]
rule = "r2"

[[tasks]]
id = "b"

[[tasks.checks]]
rule = "r3"

[plain.table]
key = 1
'''


def test_every_key_of_a_tricky_text_is_found_at_its_line() -> None:
    lines = toml_lines(TRICKY)
    at = {path: TRICKY.splitlines()[line - 1] for path, line in lines.items()}
    assert at[("title",)].startswith("title")
    assert at[("odd key",)].startswith('"odd key"')
    assert at[("a", "b", "c")].startswith("a.b.c")
    assert at[("list", 1)].strip().startswith('["nested"')
    assert at[("list", 3)].strip() == '"two",'
    assert ("list", 4) not in lines
    assert at[("tasks", 0, "checks", 1, "rule")] == 'rule = "r2"'
    assert at[("tasks", 1, "id")] == 'id = "b"'
    assert at[("tasks", 1, "checks", 0, "rule")] == 'rule = "r3"'
    assert at[("plain", "table", "key")] == "key = 1"
    assert ("not", "a", "header") not in lines


def test_what_has_no_line_of_its_own_has_the_one_around_it() -> None:
    lines = toml_lines(TRICKY)
    assert line_of(lines, ("tasks", 1, "checks", 0, "needs", 3)) == lines[("tasks", 1, "checks", 0)]
    assert line_of(lines, ("nowhere",)) == 1


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [inner for key, item in value.items() for inner in [(*path, key), *_paths(item, (*path, key))]]
    if isinstance(value, list):
        return [inner for index, item in enumerate(value) for inner in [(*path, index), *_paths(item, (*path, index))]]
    return []


def test_every_value_of_the_real_steps_has_a_line_that_shows_it() -> None:
    for file in sorted(locate().steps.glob("*/step.toml")):
        text = file.read_text(encoding="utf-8")
        lines = toml_lines(text)
        for path in _paths(tomllib.loads(text)):
            if path[-1] in ("tasks", "checks"):
                continue  # an array of tables has no line, its elements do
            assert path in lines, (file, path)
            shown = text.splitlines()[lines[path] - 1]
            assert not isinstance(path[-1], str) or path[-1] in shown, (file, path, shown)
