"""Swagger in protobuf, in the bytes of v1.34.2's own answer."""

from __future__ import annotations

import pytest

from tutor.practice.protobuf import gnostic
from tutor.practice.protobuf.wire import fields

INT_OR_STRING = b"\x12\rint-or-string\xb2\x01\x08\n\x06string"
PATCH = b"\xb2\x01\x08\n\x06object"
"""As they stand in the answer of v1.34.2, without their descriptions."""


def definition(described: gnostic.Schema) -> bytes:
    """The bytes of the only schema of a document."""
    (definitions,) = [value for number, value in fields(gnostic.document("t", "v", {"one": described})) if number == 9]
    assert isinstance(definitions, bytes)
    ((_, named),) = fields(definitions)
    assert isinstance(named, bytes)
    name, schema = (value for _, value in fields(named))
    assert name == b"one"
    assert isinstance(schema, bytes)
    return schema


def test_schemas_have_the_bytes_of_a_real_answer() -> None:
    assert definition({"format": "int-or-string", "type": "string"}) == INT_OR_STRING
    assert definition({"type": "object"}) == PATCH


def test_properties_items_and_extensions() -> None:
    described = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "array", "items": {"$ref": "#/definitions/x"}, "x-kubernetes-list-type": "set"}},
        "additionalProperties": {"type": "string"},
        "enum": ["b"],
    }
    found = list(fields(definition(described)))
    assert [number for number, _ in found] == [22, 19, 25, 21, 20]
    parts = dict(found)
    assert parts[19] == b"a"
    assert parts[21] == b"\n\x0b\xb2\x01\x08\n\x06string"
    properties = parts[25]
    assert isinstance(properties, bytes)
    assert b"\n\x0f#/definitions/x" in properties
    assert b'x-kubernetes-list-type\x12\x07\x12\x05"set"' in properties


def test_long_names_have_long_lengths() -> None:
    name = "x" * 300
    assert definition({"$ref": name}) == b"\n\xac\x02" + name.encode()


def test_what_it_does_not_know_is_a_defect_and_not_left_out() -> None:
    with pytest.raises(KeyError):
        gnostic.document("t", "v", {"one": {"maximum": 3}})
