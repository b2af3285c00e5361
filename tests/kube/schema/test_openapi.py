"""The documents of /openapi/v3 that kubectl reads for explain, apply and edit."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from tutor.kube import schema
from tutor.kube.refs import KINDS
from tutor.kube.schema import types

DOCUMENTS = {path: json.loads(gzip.decompress(schema.openapi_document(path))) for path in schema.openapi_paths()}


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(entry)


@pytest.mark.parametrize("path", schema.openapi_paths())
def test_every_reference_leads_somewhere(path: str) -> None:
    known = DOCUMENTS[path]["components"]["schemas"]
    named = {one["$ref"].rpartition("/")[2] for one in objects(DOCUMENTS[path]) if isinstance(one.get("$ref"), str)}
    assert named - set(known) == set()


@pytest.mark.parametrize("kind", [k for k, info in KINDS.items() if not info.group.startswith("metrics")])
def test_kubectl_finds_out_that_a_kind_can_be_validated_by_the_server(kind: str) -> None:
    info = KINDS[kind]
    root = f"apis/{info.api_version}" if info.group else f"api/{info.version}"
    gvk = {"group": info.group, "version": info.version, "kind": kind}
    patches = [
        operations["patch"]
        for operations in DOCUMENTS[root]["paths"].values()
        if operations.get("patch", {}).get("x-kubernetes-group-version-kind") == gvk
    ]
    assert any(
        parameter.get("name") == "fieldValidation" for patch in patches for parameter in patch.get("parameters", [])
    )
    assert types.kind_type(info.api_version, kind)


def test_no_sentence_of_the_documentation_is_in_the_data() -> None:
    """Of a field that is called description, the entry is an object and no text."""
    schemas = [document["components"]["schemas"] for document in DOCUMENTS.values()]
    assert [one for one in objects(schemas) if isinstance(one.get("description"), str)] == []


def test_the_data_carries_its_licence_and_its_version() -> None:
    notice = resources.files("tutor.kube.schema").joinpath("data", "NOTICE").read_text("utf-8")
    assert "Apache License, Version 2.0" in notice
    assert types.version() in notice


def test_an_unknown_document_is_told() -> None:
    with pytest.raises(KeyError):
        schema.openapi_document("apis/batch/v1")
