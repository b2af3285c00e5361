"""Unknown fields and wrong types: what the errors carry besides the words, which test_server_verdicts compares."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tutor.kube import schema
from tutor.kube.schema.literals import base64_problem, time_problem


def service(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "user"}, "spec": spec}


def test_errors_come_in_the_order_of_the_document() -> None:
    obj = service(ports=[{"prot": 1, "port": "80"}], typ="NodePort")
    found = [(error.problem, error.path) for error in schema.strict_errors({**obj, "extra": 1})]
    assert found == [
        ("unknown", ("spec", "ports", 0, "prot")),
        ("type", ("spec", "ports", 0, "port")),
        ("unknown", ("spec", "typ")),
        ("unknown", ("extra",)),
    ]


def test_an_error_names_the_type_that_has_the_field() -> None:
    unknown, wrong = schema.strict_errors(service(typ="x", ports={"port": 80}))
    assert (unknown.type_name, unknown.expected) == ("core.v1.ServiceSpec", "")
    assert (wrong.type_name, wrong.expected) == ("core.v1.ServiceSpec", "[@core.v1.ServicePort")


def test_text_of_a_wrong_form_is_told_from_a_value_of_a_wrong_type() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "no base64!", "b": 5}}
    assert [(error.problem, error.kind) for error in schema.strict_errors(secret)] == [
        ("format", "type"),
        ("type", "type"),
    ]


def test_null_is_no_value_and_fits_everywhere() -> None:
    assert schema.strict_errors(service(ports=None, selector={"app": None}, type=None)) == []
    assert schema.strict_errors({"apiVersion": "v1", "kind": "Service", "metadata": None, "spec": None}) == []


def test_true_is_no_number() -> None:
    assert [error.path for error in schema.strict_errors(service(ports=[{"port": True}]))] == [
        ("spec", "ports", 0, "port")
    ]


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [("v1", "Deployment"), ("apps/v1", "deployment"), ("networking.k8s.io/v1", "Ingress"), ("", "")],
)
def test_a_kind_that_is_not_known_is_no_verdict(api_version: str, kind: str) -> None:
    with pytest.raises(schema.UnknownKind):
        schema.strict_errors({"apiVersion": api_version, "kind": kind})
    with pytest.raises(schema.UnknownKind):
        schema.set_defaults({"apiVersion": api_version, "kind": kind})


def test_paths_are_written_as_the_server_writes_them() -> None:
    assert schema.path_text(("spec", "containers", 0, "ports", 1, "name")) == "spec.containers[0].ports[1].name"
    limits = ("resources", "limits", schema.Key("nvidia.com/gpu"))
    assert schema.path_text(limits) == "resources.limits[nvidia.com/gpu]"
    assert schema.path_text(()) == ""


def test_times_and_base64_that_are_right_have_no_problem() -> None:
    for text in ("2024-02-29T23:59:59Z", "2024-01-01T00:00:00.123456+02:00"):
        assert time_problem(text, "time") == ""
    for text in ("", "YQ==", "YWI=", "YWJj", "YW\nJj"):
        assert base64_problem(text) == ""


def test_the_data_is_read_when_it_is_first_asked_for() -> None:
    code = (
        "import tutor.kube.schema as s, tutor.kube.schema.types as t\n"
        "print(t._data.cache_info().currsize)\n"
        "s.strict_errors({'apiVersion': 'v1', 'kind': 'Service'})\n"
        "print(t._data.cache_info().currsize)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["0", "1"]
