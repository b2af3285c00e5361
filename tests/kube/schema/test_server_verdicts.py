"""Our verdict and our words, side by side with those of a real API server v1.34.2, for every recorded object."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.kube import schema

from .recorded_answers import NAMES, Answer, answers

POD_DIFFERENCE = (
    "the API server goes on with a difference of its own Go values, some hundred lines of which nobody can read"
)
WORDS_DIFFER: dict[tuple[str, str], str] = {
    ("small-pod", 'changed [[["spec", "containers", 0, "name"], "other"]]'): POD_DIFFERENCE,
    ("small-pod", 'changed [[["spec", "containers", 0, "ports"], [{"containerPort": 80}]]]'): POD_DIFFERENCE,
    ("small-pod", 'changed [[["spec", "restartPolicy"], "Never"]]'): POD_DIFFERENCE,
    ("small-pod", 'changed [[["spec", "nodeSelector"], {"a": "b"}]]'): POD_DIFFERENCE,
    (
        "small-service",
        'new [[["spec", "type"], "NodePort"], [["spec", "ports"], [{"port": 80, "name": "a", "nodePort": 32611}, '
        '{"port": 81, "name": "b", "nodePort": 32611}]]]',
    ): "a real API server takes the ports before it looks at the values: what it says is that the second is taken",
}
"""The verdict is the same, the words are not: (base, edits) → why."""


def said(obj: dict[str, Any], old: dict[str, Any] | None) -> tuple[int, str, list[dict[str, str]]]:
    """(code, message, causes) as a server built on the schema would answer."""
    errors = schema.strict_errors(obj)
    kind, version = obj["kind"], obj["apiVersion"].rpartition("/")[2]
    head = f'{kind} in version "{version}" cannot be handled as a {kind}: '
    for error in errors:
        if error.kind == "type":
            return 400, head + error.message, []
    if errors:
        return 400, f"{head}strict decoding error: {', '.join(error.message for error in errors)}", []
    defaulted = schema.set_defaults(obj)
    found = schema.validate(defaulted, old)
    if not found:
        return 200, "", []
    name = defaulted["metadata"].get("name", "")
    return 422, schema.render_invalid(kind, name, found), [error.cause() for error in found]


def test_there_are_answers_for_every_kind_that_a_learner_writes() -> None:
    kinds = {answer.obj["kind"] for name in NAMES for answer in answers(name)}
    assert kinds >= {"Deployment", "Service", "Pod", "ConfigMap", "Secret", "Namespace", "HorizontalPodAutoscaler"}


@pytest.mark.parametrize("name", NAMES)
def test_verdict_and_words_are_the_servers(name: str) -> None:
    wrong = []
    for answer in answers(name):
        code, message, causes = said(answer.obj, answer.old)
        same = (code, message, causes) == (answer.code, answer.message, answer.causes if code == 422 else [])
        if code != answer.code or same == ((name, answer.name) in WORDS_DIFFER):
            wrong.append(f"{answer.name[:300]}\n  server: {answer.code} {answer.message}\n  ours: {code} {message}")
    assert wrong == []


ADMISSION = {
    "metadata": ("uid", "creationTimestamp", "generation", "namespace", "name", "resourceVersion"),
    "spec": ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "finalizers"),
    "status": ("phase",),
}
POD_ADMISSION = {
    "spec": (
        *("priority", "preemptionPolicy", "serviceAccount", "serviceAccountName", "tolerations"),
        *("volumes", "containers", "initContainers", "enableServiceLinks"),
    ),
    "status": ("qosClass", "phase"),
}
"""What others than the schema fill in when an object is stored."""
KEPT_AS_TYPED = ('"+1"', '"5."', '"1e1000000"', '"8Ei"', '"123.456e3"')
"""Quantities that the API server answers in another form than ours; both mean the same, or more than there is."""


def comparable(obj: dict[str, Any]) -> dict[str, Any]:
    tables = [ADMISSION, POD_ADMISSION] if obj["kind"] == "Pod" else [ADMISSION]
    result = dict(obj)
    for table in tables:
        for part, names in table.items():
            if part in result:
                result[part] = {key: value for key, value in result[part].items() if key not in names}
    if obj["kind"] == "Service":
        ports = [{k: v for k, v in port.items() if k != "nodePort"} for port in obj["spec"].get("ports", [])]
        result["spec"]["ports"] = ports
    return result


def accepted() -> list[tuple[str, Answer]]:
    return [(name, answer) for name in NAMES for answer in answers(name) if answer.stored is not None]


def test_defaults_are_the_servers() -> None:
    wrong = []
    for name, answer in accepted():
        if any(text in answer.name for text in KEPT_AS_TYPED):
            continue
        ours, stored = comparable(schema.set_defaults(answer.obj)), comparable(answer.stored or {})
        if ours != stored:
            wrong.append((name, answer.name[:200], ours, stored))
    assert wrong == []


def test_the_containers_of_pods_get_their_defaults_too() -> None:
    """Admission adds a mount to them, so they are compared without it."""
    for _, answer in accepted():
        if answer.obj["kind"] != "Pod":
            continue
        stored = (answer.stored or {})["spec"]["containers"]
        for ours, theirs in zip(schema.set_defaults(answer.obj)["spec"]["containers"], stored, strict=True):
            mounts = [m for m in theirs.get("volumeMounts", []) if not m["name"].startswith("kube-api-access-")]
            without = {**theirs, "volumeMounts": mounts} if mounts else {**theirs}
            if not mounts:
                without.pop("volumeMounts", None)
            assert ours == without


def test_defaults_of_defaults_change_nothing() -> None:
    for _, answer in accepted():
        once = schema.set_defaults(answer.obj)
        assert schema.set_defaults(once) == once


def test_filling_in_leaves_the_given_object_alone() -> None:
    for _, answer in accepted()[:50]:
        before = repr(answer.obj)
        schema.set_defaults(answer.obj)
        assert repr(answer.obj) == before
