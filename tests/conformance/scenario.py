"""A scenario: what a person does with kubectl or with another client, step by step, as data in `scenarios/`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.normalise import normalise

FOLDER = Path(__file__).parent / "scenarios"
UNTIL_SECONDS = 90.0
COMMAND_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Step:
    """Exactly one of `kubectl` (recorded), `quietly` (not recorded), `until` and `python`."""

    kubectl: str = ""
    """Words as a shell splits them; what it prints and its exit code are compared."""
    quietly: str = ""
    """Likewise, but only has to succeed."""
    until: str = ""
    """Asked again until it prints `prints`; the answer is not compared."""
    prints: str = ""
    python: str = ""
    """A program of `clients/`, run with KUBECONFIG and the namespace as its argument; compared."""
    stdin: str = ""
    sort: bool = False
    """Compare the lines in any order: events and pods of one second have none."""


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    steps: tuple[Step, ...]
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one recorded step answered, normalised."""

    step: int
    command: str
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster to run on."""

    kubeconfig: str
    namespace: str
    folder: Path
    kubectl: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": self.kubeconfig, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}


def scenarios() -> list[Scenario]:
    return [load(path) for path in sorted(FOLDER.glob("*.yaml"))]


def load(path: Path) -> Scenario:
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return Scenario(path.stem, tuple(Step(**step) for step in data["steps"]), data.get("files", {}))


def run(scenario: Scenario, place: Place) -> list[Answer]:
    """Raises: `AssertionError` where a state is not reached or a quiet command fails."""
    for name, text in scenario.files.items():
        (place.folder / name).write_text(text, "utf-8")
    answers: list[Answer] = []
    for number, step in enumerate(scenario.steps):
        if step.until:
            _wait(place, step)
        elif step.quietly:
            done = _kubectl(place, step.quietly, step.stdin)
            assert done.returncode == 0, f"{step.quietly}: {done.stderr}"
        else:
            done = _python(place, step.python) if step.python else _kubectl(place, step.kubectl, step.stdin)
            out, err = (_text(text, place, step.sort) for text in (done.stdout, done.stderr))
            answers.append(Answer(number, step.kubectl or step.python, done.returncode, out, err))
    return answers


def _text(text: str, place: Place, unordered: bool) -> str:
    text = normalise(text.replace(str(place.folder), "<folder>"), place.namespace)
    return "\n".join(sorted(set(text.splitlines()))) if unordered else text


def _kubectl(place: Place, words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    import shlex

    command = [place.kubectl, *shlex.split(words)]
    if "--namespace" not in words and "-n " not in words:
        command[1:1] = ["--namespace", place.namespace]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        input=stdin,
        cwd=place.folder,
        env=place.environment,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def _python(place: Place, words: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = words.split()
    command = [sys.executable, str(Path(__file__).parent / "clients" / program), place.namespace, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=place.folder, env=place.environment, timeout=COMMAND_SECONDS
    )


def _wait(place: Place, step: Step) -> None:
    deadline = time.monotonic() + UNTIL_SECONDS
    while True:
        done = _kubectl(place, step.until)
        if done.stdout.strip() == step.prints:
            return
        assert time.monotonic() < deadline, (
            f"{step.until}: still {done.stdout!r} {done.stderr!r}, wanted {step.prints!r}"
        )
        time.sleep(0.2)
