"""The corpus of learners' manifests: right and wrong ones, each as edits of a step's reference.

`tests/scenarios/<step>/<what>/scenario.toml`:

```
about = "A letter is missing in the image."
verdict = "not-yet"                            # or "passed", "could-not-check"

[[edits]]                                      # one after the other
file = "kube/gateway/deployment.yaml"
old = "homics/gateway:1.0.0"                   # stands there once, or `all = true`
new = "homics/gatway:1.0.0"

[[findings]]                                   # all that failed or could not be checked, in their order
rule = "container"
line = 19
column = 18
path = "spec.template.spec.containers[0].image"
says = "The container gateway has the image homics/gatway:1.0.0"    # how the message begins
```

An edit may also say `remove = true`, `starter = true`, `text = "…"` (the whole file) or `join = ["kube/…", …]`
(references, with --- between). A finding may say `file` (else it is the first edit's), `severity = "warning"` and
`verdict = "unknown"`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tutor.checks.evaluate import Evaluation, evaluate
from tutor.checks.input import CheckInput
from tutor.checks.registry import rules
from tutor.content.loader import Course, load_course
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.manifest import ManifestFile, parse_manifest
from tutor.core.step import Step
from tutor.core.timeline import Timeline

FOLDER = Path(__file__).parent
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding as a scenario writes it down."""

    rule: str
    file: str
    line: int | None
    column: int | None
    path: str
    says: str
    severity: str = "error"
    verdict: str = "failed"

    def fits(self, finding: Finding) -> bool:
        return finding.message.startswith(self.says) and self == described(finding, self.says)


@dataclass(frozen=True, slots=True)
class Scenario:
    step: str
    name: str
    about: str
    verdict: str
    edits: tuple[Mapping[str, Any], ...]
    findings: tuple[Expected, ...]

    @property
    def id(self) -> str:
        return f"{self.step}/{self.name}"


def described(finding: Finding, says: str) -> Expected:
    """A finding with the fields that a scenario compares."""
    place = (finding.file, finding.line, finding.column, finding.path)
    return Expected(finding.rule, *place, says, str(finding.severity), str(finding.verdict))


def scenarios() -> list[Scenario]:
    """All of them. Raises: `ValueError` naming the file where one is not well formed."""
    found = []
    for path in sorted(FOLDER.glob("*/*/scenario.toml")):
        try:
            found.append(_scenario(path))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.relative_to(FOLDER)}: {error!r}") from error
    return found


def _scenario(path: Path) -> Scenario:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := data.keys() - {"about", "verdict", "edits", "findings"}:
        raise ValueError(f"unknown keys {unknown}")
    edits = tuple(data.get("edits", []))
    first = edits[0]["file"] if edits else ""
    findings = tuple(
        Expected(**{"file": first, "line": None, "column": None, "path": "", **entry})
        for entry in data.get("findings", [])
    )
    return Scenario(path.parent.parent.name, path.parent.name, data["about"], data["verdict"], edits, findings)


@cache
def course() -> Course:
    return load_course()


def step_of(scenario: Scenario) -> Step:
    step = course().step(scenario.step)
    if step is None:
        raise ValueError(f"{scenario.id}: there is no such step")
    return step


@cache
def reference(step: str) -> Files:
    """The reference of a step with what the steps before it left."""
    return {file: path.read_bytes() for file, path in course().reference(step).items()}


def files(scenario: Scenario) -> dict[str, bytes]:
    """The learner's files: the reference with the edits. Raises: `ValueError` where an edit does not fit."""
    found = dict(reference(scenario.step))
    for edit in scenario.edits:
        file = edit["file"]
        if edit.get("remove"):
            del found[file]
        elif edit.get("starter"):
            found[file] = course().starter(file).read_bytes()
        elif "text" in edit:
            found[file] = edit["text"].encode("utf-8")
        elif "join" in edit:
            found[file] = b"---\n".join(reference(scenario.step)[part] for part in edit["join"])
        else:
            text = found[file].decode("utf-8")
            count = text.count(edit["old"])
            if count != 1 and not (edit.get("all") and count):
                raise ValueError(f'{scenario.id}: "{edit["old"]}" stands {count} times in {file}')
            found[file] = text.replace(edit["old"], edit["new"]).encode("utf-8")
    return found


def manifests(step: Step, given: Files) -> dict[str, ManifestFile]:
    """As the session reads a workspace: the step's files first, whether they are there or not."""
    every = dict.fromkeys((*step.files, *step.given, *given))
    return {file: _parsed(file, given.get(file)) for file in every}


_parsed = lru_cache(maxsize=512)(parse_manifest)


def judge(step: Step, given: Files) -> Evaluation:
    """As `homics-tutor check --offline` does."""
    what = CheckInput(manifests(step, given), None, Timeline(), 0.0, 0.0, no_cluster="no cluster was asked")
    return evaluate(step, what, rules(), offline=True)


def told(evaluation: Evaluation) -> list[Finding]:
    """What is not in order: all that failed or could not be checked, warnings included, nothing twice."""
    bad = [f for f in evaluation.findings if f.verdict in (Verdict.FAILED, Verdict.UNKNOWN)]
    return list(dict.fromkeys(finding for finding in bad if finding.severity is not Severity.NOTE))
