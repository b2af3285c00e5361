"""The tutor's verdict on a file and the API server's own, over the whole corpus.

server-v1.34.2.json was recorded with `kubectl apply --dry-run=server`; `HOMICS_RECORD=1 pytest -m live` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.scenarios.api_server import own_namespace
from tests.scenarios.corpus import FOLDER, Scenario, files, judge, reference, scenarios, step_of, told
from tutor.core.finding import Severity

RECORDED = FOLDER / "server-v1.34.2.json"
SCENARIOS = scenarios()
ANOTHER_NAMESPACE = ("does not match the namespace", 'namespaces "')
"""What the server says of a namespace hangs on the one in use, which nobody knows offline."""
NOTHING_IN_IT = "no objects passed to apply"
"""A file of comments is no mistake where another one holds the object."""


def changed(scenario: Scenario) -> dict[str, bytes]:
    """The files that the scenario is about. (Starters of later steps lie beside them, and nobody judges those yet.)"""
    step, before = step_of(scenario), reference(scenario.step)
    later = {edit["file"] for edit in scenario.edits if edit.get("starter")} - {*step.files, *step.given}
    return {file: data for file, data in files(scenario).items() if before.get(file) != data and file not in later}


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:16]


def refused(said: str) -> bool:
    return bool(said) and not any(words in said for words in (*ANOTHER_NAMESPACE, NOTHING_IN_IT))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_what_the_server_refuses_is_failed_and_what_is_called_wrong_in_form_is_refused(scenario: Scenario) -> None:
    recorded: dict[str, str] = json.loads(RECORDED.read_text(encoding="utf-8"))
    evaluation = judge(step_of(scenario), files(scenario))
    findings = [finding for finding in told(evaluation) if finding.severity is Severity.ERROR]
    for file, data in changed(scenario).items():
        said = recorded[digest(data)]
        here = [finding for finding in findings if finding.file == file]
        if refused(said):
            assert here, f"the server refuses {file}: {said}"
        form = [finding for finding in here if finding.rule in ("file-parses", "known-structure")]
        if form:
            assert said, f"the server accepts {file}, and the tutor says: {form[0].message}"


@pytest.mark.live
@pytest.mark.timeout(900)
def test_the_record_is_what_the_server_says(tmp_path: Path) -> None:
    contents = {digest(data): data for scenario in SCENARIOS for data in changed(scenario).values()}
    with own_namespace() as namespace:
        said = {key: ask(tmp_path / "a.yaml", data, namespace) for key, data in sorted(contents.items())}
    if os.environ.get("HOMICS_RECORD"):
        RECORDED.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    assert said == json.loads(RECORDED.read_text(encoding="utf-8"))


def ask(file: Path, data: bytes, namespace: str) -> str:
    """What kubectl or the server says against a file; empty where it is accepted."""
    file.write_bytes(data)
    command = ["kubectl", "-n", namespace, "apply", "--dry-run=server", "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    said = "" if done.returncode == 0 else done.stderr.strip()
    said = said.replace(str(file), "FILE").replace(namespace, "NAMESPACE")
    # A nodePort that somebody else on this cluster has at the moment is no fault of the file's.
    return "" if "provided port is already allocated" in said else said
