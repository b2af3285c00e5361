"""A scenario: what a person does with kubectl or with another client, step by step, as data in `scenarios/`."""

from __future__ import annotations

import atexit
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.normalise import normalise
from tests.conformance.transitions import Transitions

FOLDER = Path(__file__).parent / "scenarios"
FILES = Path(__file__).parent / "files"
"""Manifests that several scenarios apply."""
PEERS = {"with_kr8s.py": "kr8s", "with_lightkube.py": "lightkube"}
"""Programs of `clients/` → what they import."""
UNTIL_SECONDS = 60.0
COMMAND_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Step:
    """Exactly one of `kubectl` (recorded), `quietly` (not recorded), `until`, `python`, `go`, `watch` and `rows`.

    `$NAMESPACE` in the words of a command is the scenario's own, `$NAME` what was kept under that name.
    """

    kubectl: str = ""
    """Words as a shell splits them; what it prints and its exit code are compared."""
    quietly: str = ""
    """Likewise, but only has to succeed."""
    keep: str = ""
    """With `quietly`: a name for what it prints."""
    token: str = ""
    """The command is known by this kept token alone."""
    until: str = ""
    """Asked again until it prints `prints`, or something that holds `holds`; the answer is not compared."""
    prints: str = ""
    holds: str = ""
    python: str = ""
    """A program of `clients/`, run with KUBECONFIG and the namespace as its argument; compared."""
    go: bool = False
    """The compiled program of `clientgo/`, likewise."""
    watch: str = ""
    """What `kubectl get -w` shows from now on: "pods" and a selector."""
    rows: str = ""
    """Ends the watch; how each pod's row changed meanwhile is compared. A name for the record."""
    edit: tuple[str, str] | None = None
    """With `kubectl: edit …`: the editor writes the second for the first."""
    stdin: str = ""
    sort: bool = False
    """Compare the lines in any order: events and pods of one second have none."""


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    steps: tuple[Step, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    afterwards: tuple[str, ...] = ()
    """Commands that put back what is not in the namespace, also after a failure."""
    owned: bool = False
    """Touches more than its namespace: only on a real cluster that HOMICS_MINIKUBE says is ours."""


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
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": self.kubeconfig, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}


def scenarios() -> list[Scenario]:
    return [load(path) for path in sorted(FOLDER.glob("*.yaml"))]


def load(path: Path) -> Scenario:
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    steps = tuple(Step(**step) for step in data.pop("steps"))
    return Scenario(path.stem, steps, afterwards=tuple(data.pop("afterwards", ())), **data)


def run(scenario: Scenario, place: Place) -> list[Answer]:
    """Raises: `AssertionError` where a state is not reached or a quiet command fails."""
    for name, text in {**{file.name: file.read_text("utf-8") for file in FILES.iterdir()}, **scenario.files}.items():
        (place.folder / name).write_text(text, "utf-8")
    try:
        return _answers(scenario, place)
    finally:
        for words in scenario.afterwards:
            _kubectl(place, words)


def _answers(scenario: Scenario, place: Place) -> list[Answer]:
    answers: list[Answer] = []
    with ExitStack() as stack:
        watched: Transitions | None = None
        for number, step in enumerate(scenario.steps):
            if step.until:
                _wait(place, step)
            elif step.quietly:
                done = _kubectl(place, step.quietly, step.stdin)
                assert done.returncode == 0, f"{step.quietly}: {done.stderr}"
                if step.keep:
                    place.kept[step.keep] = done.stdout.strip()
            elif step.watch:
                watched = stack.enter_context(
                    Transitions(place.kubectl, place.namespace, step.watch, place.environment)
                )
            elif step.rows:
                assert watched is not None, f"nothing is watched before {step.rows}"
                text = normalise("\n".join(watched.finish()), place.namespace)
                answers.append(Answer(number, f"rows: {step.rows}", 0, "\n".join(sorted(text.splitlines())), ""))
            else:
                done = _client(place, step) if step.python or step.go else _recorded(place, step)
                out, err = (_text(text, place, step.sort) for text in (done.stdout, done.stderr))
                answers.append(Answer(number, step.kubectl or step.python or "clientgo", done.returncode, out, err))
    return answers


def _text(text: str, place: Place, unordered: bool) -> str:
    text = normalise(text.replace(str(place.folder), "<folder>"), place.namespace)
    return "\n".join(sorted(set(text.splitlines()))) if unordered else text


def _recorded(place: Place, step: Step) -> subprocess.CompletedProcess[str]:
    if step.edit is None:
        return _kubectl(_with_token(place, step.token) if step.token else place, step.kubectl, step.stdin)
    editor = place.folder / "editor.py"
    old, new = step.edit
    editor.write_text(
        "import sys\nfrom pathlib import Path\n\npath = Path(sys.argv[1])\n"
        f"path.write_text(path.read_text('utf-8').replace({old!r}, {new!r}), 'utf-8')\n",
        "utf-8",
    )
    return _kubectl(place, step.kubectl, editor=f'"{sys.executable}" "{editor}"')


def _with_token(place: Place, name: str) -> Place:
    """The place as whoever has a token sees it: without the certificate of the user, which would count first."""
    config = json.loads(_kubectl(place, "config view --minify --raw --flatten -o json").stdout)
    for user in config["users"]:
        user["user"] = {"token": place.kept[name]}
    path = place.folder / "with-token.json"
    path.write_text(json.dumps(config), "utf-8")
    return replace(place, kubeconfig=str(path))


def _kubectl(place: Place, words: str, stdin: str = "", editor: str = "") -> subprocess.CompletedProcess[str]:
    for name, text in {"NAMESPACE": place.namespace, **place.kept}.items():
        words = words.replace(f"${name}", text)
    command = [place.kubectl, *shlex.split(words)]
    if "--namespace" not in words and "-n " not in words:
        command[1:1] = ["--namespace", place.namespace]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        input=stdin,
        cwd=place.folder,
        env={**place.environment, "KUBE_EDITOR": editor},
        timeout=COMMAND_SECONDS,
        check=False,
    )


def _client(place: Place, step: Step) -> subprocess.CompletedProcess[str]:
    peer = PEERS.get(step.python)
    if peer and find_spec(peer) is None:
        pytest.skip(f"{peer} is not installed")
    command = [str(clientgo())] if step.go else [sys.executable, str(Path(__file__).parent / "clients" / step.python)]
    return subprocess.run(
        [*command, place.namespace],
        capture_output=True,
        text=True,
        cwd=place.folder,
        env=place.environment,
        timeout=COMMAND_SECONDS,
        check=False,
    )


@cache
def clientgo() -> Path:
    """Compiled once; the first time takes minutes and the Go module proxy. Skips the test where Go is not there."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed")
    binary = Path(tempfile.mkdtemp()) / "clientgo"
    atexit.register(shutil.rmtree, binary.parent)
    done = subprocess.run(
        ["go", "build", "-o", str(binary), "."],
        cwd=Path(__file__).parent / "clientgo",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"the Go program could not be compiled: {done.stderr[-500:]}")
    return binary


def _wait(place: Place, step: Step) -> None:
    deadline = time.monotonic() + UNTIL_SECONDS
    while True:
        done = _kubectl(place, step.until)
        if step.holds in done.stdout if step.holds else done.stdout.strip() == step.prints:
            return
        assert time.monotonic() < deadline, (
            f"{step.until}: still {done.stdout!r} {done.stderr!r}, wanted {step.holds or step.prints!r}"
        )
        time.sleep(0.2)
