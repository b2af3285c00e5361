"""Seeded mistakes: `steps/NN-slug/mutants.toml` changes a reference in one place and names the rule that must see it.

```
[[mutants]]
name = "the image has a typing mistake"
file = "kube/gateway/deployment.yaml"
old = "homics/gateway:1.0.0"
new = "homics/gatway:1.0.0"
rule = "container"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from tutor.checks.registry import Level, Rule
from tutor.content.gate.note import Notes, text_of
from tutor.content.gate.verdicts import judge
from tutor.content.loader import Course
from tutor.content.read_file import read_bytes
from tutor.content.toml_lines import line_of, toml_lines
from tutor.core.finding import Severity, Verdict
from tutor.core.step import Step

KEYS = frozenset({"name", "file", "old", "new", "rule"})


def mutant_errors(course: Course, rules: Mapping[str, Rule], notes: Notes) -> None:
    count = 0
    for step in course.steps:
        path = notes.folder(step) / "mutants.toml"
        if not path.is_file():
            continue
        text = text_of(path)
        try:
            mutants = tomllib.loads(text).get("mutants", [])
        except tomllib.TOMLDecodeError as error:
            notes.file(path, 1, str(error))
            continue
        lines = toml_lines(text)
        for index, mutant in enumerate(mutants if isinstance(mutants, list) else []):
            count += 1
            for message in _wrong(course, step, mutant, rules):
                notes.file(path, line_of(lines, ("mutants", index)), message)
    notes.line(f"mutants: {count} that must be red for the rule they name")


def _wrong(course: Course, step: Step, mutant: Any, rules: Mapping[str, Rule]) -> list[str]:
    if not isinstance(mutant, dict) or mutant.keys() != KEYS or not all(isinstance(v, str) for v in mutant.values()):
        return [f"a mutant has the texts {', '.join(sorted(KEYS))}"]
    rule = rules.get(mutant["rule"])
    if rule is None or rule.level is not Level.MANIFEST:
        return [f'"{mutant["rule"]}" is no rule over manifests']
    reference = course.reference(step.slug)
    if mutant["file"] not in reference:
        return [f"{mutant['file']} is no reference of this step"]
    files = {file: read_bytes(path)[1] for file, path in reference.items()}
    text = files[mutant["file"]].decode("utf-8", "replace")
    if text.count(mutant["old"]) != 1:
        return [f'"old" stands {text.count(mutant["old"])} times in the reference; it has to stand there once']
    files[mutant["file"]] = text.replace(mutant["old"], mutant["new"]).encode()
    failed = [
        finding.rule
        for finding in judge(step, files, rules).findings
        if finding.verdict is Verdict.FAILED and finding.severity is Severity.ERROR
    ]
    if not failed:
        return [f'the mutant "{mutant["name"]}" passes; {mutant["rule"]} should have failed']
    if mutant["rule"] not in failed:
        return [f'the mutant "{mutant["name"]}" fails for {", ".join(failed)}, not for {mutant["rule"]}']
    return []
