"""The API server's refusals at the place in the file that they speak of, as the rules of the file alone find it.

refusals-v1.34.2.json holds the Status of each object of the corpus that the server refused (POST, dry run, strict
fields); `HOMICS_RECORD=1 pytest -m live` writes it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.api_server import connect, dry_run, own_namespace
from tests.scenarios.corpus import Scenario, files, judge, manifests, scenarios, step_of, told
from tutor.checks.input import CheckInput
from tutor.checks.server.server_accepts import locate, parse_path, server_accepts
from tutor.cluster.api import Answer
from tutor.cluster.errors import Invalid, Refused
from tutor.cluster.status import error_of
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import Document, ManifestFile, parse_manifest
from tutor.core.observation import DryRun, Observations
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline

RECORDED = Path(__file__).parent / "refusals-v1.34.2.json"
REFUSALS: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
SCENARIOS = {scenario.id: scenario for scenario in scenarios()}
CLUSTER = ClusterSnapshot("default", 0.0)
VERSIONS = {"Deployment": "apps/v1", "Service": "v1", "HorizontalPodAutoscaler": "autoscaling/v2"}


def documents(scenario: Scenario) -> Iterator[Document]:
    """What kubectl would send of a scenario, and the server could refuse."""
    for file in manifests(step_of(scenario), files(scenario)).values():
        if file.readable:
            yield from (d for d in file.documents if VERSIONS.get(d.kind) == d.api_version)


def key(scenario: Scenario, document: Document) -> str:
    return f"{scenario.id} {document.file} {document.index}"


def given(file: ManifestFile, *runs: DryRun) -> CheckInput:
    params = {"file": file.path}
    return CheckInput({file.path: file}, CLUSTER, Timeline(), 0.0, 0.0, params, Observations(runs))


def dry_run_of(document: Document, status: dict[str, Any]) -> DryRun:
    """As the lesson makes it of an answer."""
    error = error_of(Answer(int(status["code"]), json.dumps(status).encode()), "creating")
    assert isinstance(error, Refused)
    fields = error.fields if isinstance(error, Invalid) else ()
    return DryRun(document.file, document.index, False, str(error), tuple(fields))


def refusals() -> list[tuple[str, Scenario, Document]]:
    return [
        (key(scenario, document), scenario, document)
        for scenario in SCENARIOS.values()
        for document in documents(scenario)
        if key(scenario, document) in REFUSALS
    ]


ALL = refusals()


@pytest.mark.parametrize(("name", "scenario", "document"), ALL, ids=[name for name, _, _ in ALL])
def test_a_refusal_is_told_in_the_servers_words_at_its_place(name: str, scenario: Scenario, document: Document) -> None:
    file = manifests(step_of(scenario), files(scenario))[document.file]
    runs = [DryRun(file.path, other.index, True) for other in file.documents if other.index != document.index]
    found = server_accepts(given(file, dry_run_of(document, REFUSALS[name]), *runs))
    refused = [finding for finding in found if finding.verdict is Verdict.FAILED]
    assert refused
    for finding in refused:
        assert finding.message.startswith("The API server refuses this: ")
        assert len(finding.message) < 700
        assert finding.hint
        assert (finding.file, finding.line is None) == (file.path, False)
    own = [f for f in told(judge(step_of(scenario), files(scenario))) if f.file == file.path and f.line]
    assert any(near(finding, other) for finding in refused for other in own)


def near(one: Finding, other: Finding) -> bool:
    """The same line, or the same field, or one that holds it. (Of a selector and its labels either may be shown.)"""
    pair = ("spec.selector", "spec.template.metadata.labels")
    if (one.path.startswith(pair) and other.path.startswith(pair)) or other.path == "kind":
        return True
    return one.line == other.line or one.path.startswith(other.path) or other.path.startswith(one.path)


@pytest.mark.live
@pytest.mark.timeout(600)
def test_the_record_is_what_the_server_says() -> None:
    said: dict[str, Any] = {}
    with own_namespace() as namespace, connect() as server:
        # A starter that lies beside a right file is refused, too: it is of a later step.
        for scenario in (scenario for scenario in SCENARIOS.values() if scenario.verdict != "passed"):
            for document in documents(scenario):
                body = json.dumps(document.value).encode()
                answer = dry_run(server, namespace, document.kind, body, "json")
                if answer.is_error and not document.namespace and "already allocated" not in answer.text:
                    status = json.loads(answer.text.replace(namespace, "default"))
                    said[key(scenario, document)] = {"code": answer.status_code, **status}
    if os.environ.get("HOMICS_RECORD"):
        RECORDED.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    assert said == json.loads(RECORDED.read_text(encoding="utf-8"))


GOOD = parse_manifest("kube/a.yaml", b"kind: Service\nmetadata: {name: a}\nspec:\n  ports: [{port: 80}]\n")


def test_what_the_server_accepts_passes() -> None:
    (finding,) = server_accepts(given(GOOD, DryRun("kube/a.yaml", 0, True)))
    assert (finding.verdict, finding.message) == (Verdict.PASSED, "The API server accepts the Service a.")


@pytest.mark.parametrize(
    ("what", "verdict", "message"),
    [
        (given(GOOD), Verdict.UNKNOWN, "The API server was not asked about Service a yet."),
        (
            given(GOOD, DryRun("kube/a.yaml", 0, False, "it does not answer.", unreachable=True)),
            Verdict.UNKNOWN,
            "The API server could not be asked about Service a: it does not answer.",
        ),
        (replace(given(GOOD), snapshot=None, no_cluster="No cluster."), Verdict.UNKNOWN, "No cluster."),
        (given(parse_manifest("kube/a.yaml", None)), Verdict.FAILED, "kube/a.yaml does not exist yet."),
        (given(parse_manifest("kube/a.yaml", b"# TODO\n")), Verdict.FAILED, "kube/a.yaml holds no object yet."),
        (given(parse_manifest("kube/a.yaml", b"a: [\n")), Verdict.UNKNOWN, "kube/a.yaml cannot be read, so the API"),
    ],
)
def test_what_was_not_asked_is_not_judged(what: CheckInput, verdict: Verdict, message: str) -> None:
    (finding,) = server_accepts(what)
    assert finding.verdict is verdict
    assert finding.message.startswith(message)


def test_paths_of_the_server() -> None:
    assert parse_path("spec.containers[0].ports[1].name") == ("spec", "containers", 0, "ports", 1, "name")
    assert parse_path("metadata.labels[app.kubernetes.io/name]") == ("metadata", "labels", "app.kubernetes.io/name")


def test_a_path_without_indexes_leads_to_the_entry_that_does_not_fit() -> None:
    text = b"spec:\n  containers:\n    - ports: [{containerPort: 80}]\n    - ports: [{containerPort: x}]\n"
    (document,) = parse_manifest("a.yaml", text).documents
    path = ("spec", "containers", 1, "ports", 0, "containerPort")
    assert locate(document, "spec.containers.ports.containerPort", "int32") == path


def test_a_field_that_cannot_be_changed_is_put_back_or_its_object_made_anew() -> None:
    file = parse_manifest(
        "kube/user/deployment.yaml",
        b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: user-deployment}\nspec:\n"
        b"  selector: {matchLabels: {app: usr}}\n  template: {metadata: {labels: {app: usr}}}\n",
    )
    said = 'Invalid value: {"matchLabels":{"app":"usr"}}: field is immutable'
    message = f'Deployment.apps "user-deployment" is invalid: spec.selector: {said}'
    run = DryRun(file.path, 0, False, message, (("spec.selector", said),))
    (finding,) = (f for f in server_accepts(given(file, run)) if f.verdict is Verdict.FAILED)
    assert (finding.line, finding.path) == (5, "spec.selector")
    assert "Put the old value back" in finding.hint
    assert finding.hint.endswith("kubectl delete deployment user-deployment")
