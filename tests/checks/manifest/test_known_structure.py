"""known-structure: each slip gives one finding, at its place, with the name, the depth or the value that was meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.checks.manifest.structure_slips import (
    AUTOSCALER,
    DEPLOYMENT,
    KINDS,
    MISSING,
    SERVICE,
    TYPES,
    UNKNOWN,
    VALUES,
)
from tests.kube.schema.recorded_answers import answers
from tutor.checks.evaluate import CheckResult
from tutor.checks.input import CheckInput
from tutor.checks.manifest.known_structure import judged, known_structure
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.manifest import parse_manifest
from tutor.core.step import CheckRef
from tutor.core.timeline import Timeline

ROOT = Path(__file__).resolve().parents[3]
FILE = "kube/user/deployment.yaml"


def checked(files: Mapping[str, str | None], file: str = FILE) -> list[Finding]:
    manifests = {path: parse_manifest(path, None if text is None else text.encode()) for path, text in files.items()}
    given = CheckInput(manifests, None, Timeline(), 0.0, 0.0, params={"file": file})
    return known_structure(given)


def told(text: str) -> list[Finding]:
    return [finding for finding in checked({FILE: text}) if finding.verdict is not Verdict.PASSED]


def one(text: str) -> Finding:
    findings = told(text)
    assert len(findings) == 1, [finding.message for finding in findings]
    return findings[0]


def changed(old: str, new: str, text: str = DEPLOYMENT) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


@pytest.mark.parametrize("text", [DEPLOYMENT, SERVICE, AUTOSCALER, f"{DEPLOYMENT}---\n{SERVICE}"])
def test_what_the_api_server_takes_passes(text: str) -> None:
    findings = checked({FILE: text})
    assert [finding.verdict for finding in findings] == [Verdict.PASSED]
    assert findings[0].message.startswith("Kubernetes knows every field of the ")


@pytest.mark.parametrize("port", ['port: "8080"', "port: eighty", "port: 0", "prot: 8080", "port:", "name: http"])
def test_of_a_port_that_is_none_no_target_port_is_asked(port: str) -> None:
    finding = one(f"apiVersion: v1\nkind: Service\nmetadata:\n  name: user\nspec:\n  ports:\n    - {port}\n")
    assert "targetPort" not in f"{finding.message} {finding.hint} {finding.expected}"


def test_a_field_that_stands_at_its_place_too_is_to_be_removed_here() -> None:
    twice = changed("    spec:\n      containers:", "    spec:\n      replicas: 3\n      containers:")
    assert one(twice).hint == "It stands there already, on line 8: remove this one."
    moved = twice.replace("  replicas: 1\n", "", 1)
    assert one(moved).hint == "Move it below spec: on line 7, at the depth of the other fields there."


@pytest.mark.parametrize(
    "path", sorted((ROOT / "solutions").rglob("*.yaml")), ids=lambda path: "-".join(path.parts[-4:])
)
def test_every_reference_passes(path: Path) -> None:
    assert told(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted((ROOT / "starter").rglob("*.yaml")), ids=lambda path: "-".join(path.parts[-3:]))
def test_a_starter_is_told_once_what_is_missing(path: Path) -> None:
    text = path.read_text("utf-8")
    if "TODO" not in text:
        assert told(text) == []
        return
    finding = one(text)
    assert finding.message == "Nothing stands below spec: it is empty."
    line = text.splitlines().index("spec:") + 1
    assert (finding.line, finding.column, finding.path) == (line, 1, "spec")


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "hint"), UNKNOWN, ids=lambda value: str(value)[:30]
)
def test_an_unknown_field(old: str, new: str, line: int, column: int, message: str, hint: str) -> None:
    finding = one(changed(old, new))
    assert finding.message.startswith(message)
    assert (finding.line, finding.column) == (line, column)
    assert hint in finding.hint
    assert finding.found
    assert finding.expected
    assert finding.source.startswith("https://kubernetes.io/docs/")


@pytest.mark.parametrize(("old", "new", "line", "column", "message", "hint"), TYPES, ids=lambda value: str(value)[:30])
def test_a_value_of_a_wrong_type(old: str, new: str, line: int, column: int, message: str, hint: str) -> None:
    text = changed(old, new)
    findings = [finding for finding in told(text) if finding.line == line]
    assert [finding.message.startswith(message) for finding in findings] == [True], [f.message for f in told(text)]
    assert findings[0].column == column
    assert hint in findings[0].hint


def test_a_service_selector_with_match_labels() -> None:
    finding = one(changed("    app: user", "    matchLabels:\n      app: user", SERVICE))
    assert finding.message.startswith("matchLabels belongs to a Deployment's selector;")
    assert finding.expected == "selector:, and below it app: user"
    assert (finding.line, finding.path) == (9, "spec.selector.matchLabels")


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "column", "message"), MISSING, ids=lambda value: str(value)[:30]
)
def test_a_missing_field(text: str, old: str, new: str, line: int, column: int, message: str) -> None:
    finding = one(changed(old, new, text))
    assert finding.message.startswith(message)
    assert (finding.line, finding.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (DEPLOYMENT[: DEPLOYMENT.index("spec:\n") + 6], "spec"),
        (DEPLOYMENT[: DEPLOYMENT.index("  template:\n") + 12], "spec.template"),
        (DEPLOYMENT[: DEPLOYMENT.index("    spec:\n") + 10], "spec.template.spec"),
        (DEPLOYMENT[: DEPLOYMENT.index("      containers:\n") + 18], "spec.template.spec.containers"),
        (SERVICE[: SERVICE.index("spec:\n") + 6], "spec"),
        (AUTOSCALER[: AUTOSCALER.index("spec:\n") + 6], "spec"),
    ],
)
def test_nothing_below_a_field_is_one_finding_for_all_that_is_missing_there(text: str, path: str) -> None:
    finding = one(text)
    field = path.rpartition(".")[2]
    assert finding.message == f"Nothing stands below {field}: it is empty."
    assert finding.path == path
    assert finding.line == len(text.splitlines())
    assert finding.expected


@pytest.mark.parametrize(
    ("text", "old", "new", "line", "message", "expected"), VALUES, ids=lambda value: str(value)[:30]
)
def test_a_value_that_the_api_server_refuses(
    text: str, old: str, new: str, line: int, message: str, expected: str
) -> None:
    finding = one(changed(old, new, text))
    assert finding.message.startswith(message)
    assert finding.line == line
    assert expected in finding.expected


@pytest.mark.parametrize(("old", "new", "message", "expected"), KINDS, ids=lambda value: str(value)[:30])
def test_a_wrong_kind_or_version(old: str, new: str, message: str, expected: str) -> None:
    finding = one(changed(old, new))
    assert finding.message.startswith(message)
    assert expected in finding.expected
    assert finding.line in (1, 2)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("networking.k8s.io/v1", "Ingress"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("apps/v1", "StatefulSet"),
        ("v1", "LimitRange"),
    ],
)
def test_a_kind_that_the_tutor_does_not_know_is_a_note(api_version: str, kind: str) -> None:
    text = f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: x\nanything: 1\n"
    (note,) = checked({FILE: text})
    assert (note.severity, note.verdict) == (Severity.NOTE, Verdict.PASSED)
    assert note.message == f"The tutor does not know the fields of the kind {kind}: the API server will judge it."
    assert CheckResult(CheckRef("known-structure", "known-structure", {}), "", (note,)).verdict is Verdict.PASSED


def test_an_outdated_version_of_a_kind_that_the_tutor_does_not_know_is_told() -> None:
    finding = one("apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata:\n  name: x\n")
    assert finding.message.startswith("networking.k8s.io/v1beta1 is outdated")
    assert finding.expected == "networking.k8s.io/v1"


def test_a_dash_too_many_tears_a_container_in_two() -> None:
    finding = one(changed("          image:", "        - image:"))
    assert finding.message.startswith("A dash begins a new entry of containers here, which has no name.")
    assert (finding.line, finding.column) == (19, 11)


def test_one_cause_gives_one_finding() -> None:
    assert len(told(changed("replicas: 1", 'replicas: "2"'))) == 1
    assert len(told(changed("      labels:\n        app: user", "      label:\n        app: user"))) == 1
    assert len(told(changed("- port: 9001\n      targetPort: 9001", "- port: 70000", SERVICE))) == 1


def test_two_slips_give_two_findings_in_the_order_of_their_lines() -> None:
    text = changed("replicas: 1", "replicas: one").replace("image: homics", "imagee: homics")
    text = text.replace("name: user-deployment", "name: User")
    assert [finding.line for finding in told(text)] == [4, 8, 19]


def test_every_document_of_the_file_is_judged() -> None:
    text = f"{SERVICE}---\n{changed('replicas: 1', 'replica: 1')}"
    assert one(text).line == len(SERVICE.splitlines()) + 1 + 8


def test_whether_selector_and_labels_fit_is_left_to_its_own_rule() -> None:
    assert told(changed("    matchLabels:\n      app: user", "    matchLabels:\n      app: other")) == []
    assert told(changed("    metadata:\n      labels:\n        app: user\n", "")) == []


def test_a_file_without_an_object() -> None:
    for text, found in (("# TODO\n", "comments alone"), ("", "nothing")):
        (finding,) = checked({FILE: text})
        assert finding.verdict is Verdict.FAILED
        assert (finding.message, finding.line) == (f"{FILE} holds no object yet.", 1)
        assert finding.found == found


def test_a_file_that_is_not_there_or_cannot_be_read() -> None:
    assert checked({FILE: None})[0].verdict is Verdict.FAILED
    assert checked({})[0].verdict is Verdict.FAILED
    assert checked({FILE: "a: [\n"})[0].verdict is Verdict.UNKNOWN


OTHER_RULES = "`selector` does not match template `labels`"


@pytest.mark.parametrize(
    "name",
    [
        *("small-deployment", "small-service", "small-pod", "autoscaler", "config-map"),
        *("reference-06-readiness-kube-user-deployment", "reference-02-gateway-service-kube-gateway-service"),
    ],
)
def test_the_rule_refuses_what_the_api_server_refuses(name: str) -> None:
    wrong = []
    for answer in answers(name):
        alone = answer.message.count("Invalid value") + answer.message.count("Required value") == 1
        if answer.old is not None or (OTHER_RULES in answer.message and alone) or len(answer.name) > 5000:
            continue
        text = yaml.dump(answer.obj, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
        findings = judged(parse_manifest(FILE, text.encode()).documents[0])
        failed = [finding for finding in findings if finding.verdict is Verdict.FAILED]
        if bool(failed) != (answer.code != 200) or any(finding.line is None for finding in failed):
            wrong.append(f"{answer.name[:200]}: {answer.code} {answer.message[:200]}, {[f.message for f in failed]}")
    assert wrong == []


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Quotes what YAML 1.1 calls a boolean and PyYAML writes plain."""


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"' if data in ("y", "n", "Y", "N") else None)


_Dumper.add_representer(str, _text)
