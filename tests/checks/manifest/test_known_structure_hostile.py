"""known-structure on what nobody would write: it answers, soon and briefly, and never raises."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.manifest.structure_slips import AUTOSCALER, DEPLOYMENT, SERVICE
from tutor.checks.manifest.known_structure import judged
from tutor.checks.structure.refused_values import MOST
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import parse_manifest
from tutor.kube import schema

OBJECTS = [yaml.safe_load(text) for text in (DEPLOYMENT, SERVICE, AUTOSCALER)]
TEXTS = st.sampled_from(
    ["", "x", "1", "true", "Mi", "a/b/c", "é", "None", "-1", "$patch", "\N{ZERO WIDTH SPACE}", "x" * 300]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


def told(text: str) -> list[Finding]:
    return [finding for document in parse_manifest("a.yaml", text.encode()).documents for finding in judged(document)]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, entry in entries for place in places(entry, (*path, key)))]


@settings(max_examples=150)
@given(data=st.data(), value=VALUES)
def test_any_value_at_any_place_is_answered(data: st.DataObject, value: Any) -> None:
    obj = json.loads(json.dumps(data.draw(st.sampled_from(OBJECTS))))
    path = data.draw(st.sampled_from(places(obj)[1:]))
    holder = obj
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    findings = told(json.dumps(obj))
    for finding in findings:
        assert finding.message
        assert finding.line is not None
        assert len(finding.message) < 400
    if findings and isinstance(obj.get("kind"), str) and schema.kind_schema(str(obj.get("apiVersion")), obj["kind"]):
        assert all(finding.verdict is Verdict.FAILED for finding in findings)


@settings(max_examples=100)
@given(obj=st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "data", "x"]), VALUES))
def test_any_object_is_answered(obj: dict[str, Any]) -> None:
    for kind in ({}, {"apiVersion": "v1", "kind": "ConfigMap"}, {"apiVersion": "v1", "kind": "Pod"}):
        told(json.dumps({**obj, **kind}))


def test_of_very_many_slips_the_first_are_told() -> None:
    findings = told(SERVICE + "".join(f"slip{number}: 1\n" for number in range(500)))
    assert len(findings) == MOST + 1
    assert findings[-1].message == f"There are {500 - MOST} more fields that are not right."
    assert findings[-1].line == len(SERVICE.splitlines()) + MOST + 1


def test_a_long_text_is_shown_by_its_beginning() -> None:
    for text in (
        SERVICE.replace("name: user", f"name: {'U' * 100_000}"),
        SERVICE.replace("kind: Service", f"kind: {'S' * 100_000}"),
        SERVICE.replace("apiVersion: v1", f"apiVersion: {'v' * 100_000}"),
        SERVICE.replace("type: NodePort", f"type: {'N' * 100_000}"),
        SERVICE.replace("port: 9001\n      target", f'port: "{"9" * 100_000}"\n      target'),
    ):
        (finding,) = told(text)
        shown = (finding.message, finding.found, finding.expected, finding.hint)
        assert max(len(part) for part in shown) < 400
