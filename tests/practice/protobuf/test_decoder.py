"""Bodies that Go has encoded (scripts/protobuf-table/samples) decode to what Go writes as JSON."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.practice.protobuf import decode
from tutor.practice.protobuf.decoder import MAGIC

SAMPLES = [json.loads(line) for line in (Path(__file__).parent / "samples.jsonl").read_text("utf-8").splitlines()]


def sent(value: Any) -> Any:
    """Without what says nothing: nulls, structs and lists without content; protobuf cannot tell them from absent."""
    if isinstance(value, dict):
        entries = {key: sent(entry) for key, entry in value.items()}
        return {key: entry for key, entry in entries.items() if entry is not None and entry not in ({}, [])}
    return [sent(entry) for entry in value] if isinstance(value, list) else value


def body(sample: dict[str, str]) -> bytes:
    return base64.b64decode(sample["base64"])


def varint(value: int) -> bytes:
    encoded = b""
    while value > 0x7F:
        encoded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return encoded + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def unknown(kind: str, api_version: str, raw: bytes) -> bytes:
    head = field(1, api_version.encode()) + field(2, kind.encode())
    return MAGIC + field(1, head) + field(2, raw)


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda sample: f"{sample['json']['apiVersion']}/{sample['json']['kind']}"
)
def test_every_kind_decodes_to_the_json_of_go(sample: dict[str, Any]) -> None:
    assert sent(decode(body(sample))) == sent(sample["json"])


def test_an_explicit_zero_of_a_pointer_counts_and_a_scalar_that_was_not_set_does_not() -> None:
    replicas, min_ready = b"\x08\x00", b"\x28\x00"
    found = decode(unknown("Deployment", "apps/v1", field(2, replicas + min_ready)))
    assert found == {"kind": "Deployment", "apiVersion": "apps/v1", "spec": {"replicas": 0}}


def test_delete_options_come_under_any_version() -> None:
    found = decode(unknown("DeleteOptions", "apps/v1", b"\x08\x05"))
    assert found["gracePeriodSeconds"] == 5


def test_fields_of_newer_clients_are_left_out() -> None:
    future = bytes([0xFA, 0x3F]) + varint(3) + b"abc"
    assert decode(unknown("ConfigMap", "v1", future)) == {"kind": "ConfigMap", "apiVersion": "v1"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "expected prefix"),
        (b'{"kind":"Pod"}', "expected prefix"),
        (MAGIC, 'no kind "" is registered'),
        (unknown("Gizmo", "v1", b""), 'no kind "Gizmo" is registered for version "v1"'),
        (unknown("Pod", "v1", b"\x0a\xff"), "unexpected EOF"),
        (unknown("Pod", "v1", b"\x08\x01"), "wrong wireType"),
        (unknown("Pod", "v1", b"\x0b"), "illegal wireType 3"),
        (unknown("Pod", "v1", b"\x00"), "illegal tag 0"),
        # metadata.creationTimestamp: a time beyond all calendars.
        (unknown("Pod", "v1", field(1, field(8, b"\x08" + varint(1 << 62)))), "range|too large|year"),
    ],
)
def test_what_is_no_object_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode(text)


@given(st.binary(max_size=200), st.sampled_from(["Pod", "Deployment", "Service", "Event"]))
def test_no_bytes_do_anything_but_decode_or_be_refused(raw: bytes, kind: str) -> None:
    version = "apps/v1" if kind == "Deployment" else "v1"
    try:
        assert decode(unknown(kind, version, raw))["kind"] == kind
    except ValueError:
        return


@given(st.data())
def test_a_damaged_body_is_decoded_or_refused(data: st.DataObject) -> None:
    text = bytearray(body(data.draw(st.sampled_from(SAMPLES))))
    for _ in range(data.draw(st.integers(1, 5))):
        text[data.draw(st.integers(4, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(bytes(text))
    except ValueError:
        return
