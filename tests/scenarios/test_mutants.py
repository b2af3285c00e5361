"""Every change of a reference that means something else is caught where it was made, and no other one is."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import httpx
import pytest
import yaml

from tests.scenarios.api_server import connect, dry_run, own_namespace
from tests.scenarios.corpus import reference
from tests.scenarios.figures import of_mutants
from tests.scenarios.meaning import RECORDED, compared, recorded
from tests.scenarios.mutants import Mutant, mutants


def test_every_mutant_was_shown_to_the_server() -> None:
    assert {mutant.key for mutant in mutants()} == recorded().keys()


@pytest.mark.live
@pytest.mark.timeout(1800)
def test_the_record_is_what_the_server_says() -> None:
    with own_namespace() as namespace, connect() as server:
        said = _ask_all(server, namespace)
    if os.environ.get("HOMICS_RECORD"):
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(said.items())]
        RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    assert said == json.loads(RECORDED.read_text(encoding="utf-8"))


def _ask_all(server: httpx.Client, namespace: str) -> dict[str, Any]:
    before: dict[tuple[str, str], dict[str, Any]] = {}
    said: dict[str, Any] = {}
    for mutant in mutants():
        if mutant.key in said:
            continue
        text = reference(mutant.step)[mutant.file].decode()
        if (mutant.step, mutant.file) not in before:
            answer = _post(server, namespace, mutant, text)
            assert not isinstance(answer, str), answer
            before[mutant.step, mutant.file] = answer
        answer = _post(server, namespace, mutant, mutant.text)
        if mutant.field in ("apiVersion", "kind") and not isinstance(answer, str):
            # The API fills both in from its address; kubectl finds the address by them.
            answer = _kubectl(namespace, mutant.text)
        said[mutant.key] = answer if isinstance(answer, str) else compared(before[mutant.step, mutant.file], answer)
    return said


def _post(server: httpx.Client, namespace: str, mutant: Mutant, text: str) -> dict[str, Any] | str:
    """The object with its defaults, or why it is refused."""
    kind = yaml.safe_load(reference(mutant.step)[mutant.file])["kind"]
    answer = dry_run(server, namespace, kind, text.encode())
    found: dict[str, Any] = answer.json()
    if answer.is_success:
        for port in found.get("spec", {}).get("ports") or []:
            if "nodePort: " not in text:
                port.pop("nodePort", None)  # one that the cluster picked
        return found
    message = str(found["message"])
    if "already set in map" in message:
        # kubectl lets the last one win before anything is sent.
        return _kubectl(namespace, text)
    return message.replace(namespace, "NAMESPACE")[:60] or "refused"


def _kubectl(namespace: str, text: str) -> dict[str, Any] | str:
    command = ["kubectl", "-n", namespace, "apply", "--dry-run=server", "-o", "json", "-f", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=30)
    if done.returncode:
        return done.stderr.strip().replace(namespace, "NAMESPACE")[:60]
    found: dict[str, Any] = json.loads(done.stdout)
    found["metadata"].pop("annotations", None)
    return found


PART = 12
"""Every twelfth mutant is looked at here; scripts/check_quality.py looks at all."""


def test_what_means_something_else_is_caught_in_its_place_and_nothing_else_is() -> None:
    figures = of_mutants(mutant for number, mutant in enumerate(mutants()) if number % PART == 0)
    assert figures.missed == []
    assert figures.false_alarms == []
    assert figures.elsewhere == []
    assert figures.caught > 400
    assert figures.passed > 40
