"""/openapi/v2: the types of a real server's, in the forms that are asked for."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient

from tutor.practice.api import openapi
from tutor.practice.protobuf.wire import fields

JSON = "application/json"
ASKED = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
RECORDED = Path(__file__).parent / "definitions.json"
"""Name → the beginning of the SHA-256 of v1.34.2's definition: JSON with sorted keys, without descriptions."""


async def test_the_definitions_are_those_of_a_real_server(client: TestClient) -> None:
    async with client.get("/openapi/v2") as response:
        document = await response.json()
    found = {
        name: hashlib.sha256(json.dumps(one, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]
        for name, one in document["definitions"].items()
    }
    assert found == json.loads(RECORDED.read_text("utf-8"))
    assert (document["swagger"], document["info"]) == ("2.0", {"title": "Kubernetes", "version": "1.34"})


@pytest.mark.parametrize(
    ("accept", "code", "content_type"),
    [
        (ASKED, 200, openapi.V2_TYPE),
        (openapi.V2_TYPE, 200, openapi.V2_TYPE),
        (JSON, 200, JSON),
        ("*/*", 200, JSON),
        ("text/html, application/json;q=0.5", 200, JSON),
        (f"{ASKED},{JSON}", 200, openapi.V2_TYPE),
        (f"{JSON},{ASKED}", 200, JSON),
        ("text/plain", 406, ""),
        ("application/yaml", 406, ""),
        ("application/vnd.kubernetes.protobuf", 406, ""),
    ],
)
async def test_the_form_follows_accept_as_on_a_real_server(
    client: TestClient, accept: str, code: int, content_type: str
) -> None:
    async with client.get("/openapi/v2", headers={"Accept": accept}) as response:
        body = await response.read()
        assert response.status == code
        if code == 200:
            assert response.headers["Content-Type"] == content_type
        else:
            assert body == b""


async def test_protobuf_names_every_definition(client: TestClient) -> None:
    async with client.get("/openapi/v2", headers={"Accept": ASKED}) as response:
        document = dict(fields(await response.read()))
    definitions = document[9]
    assert isinstance(definitions, bytes)
    names = []
    for _, named in fields(definitions):
        assert isinstance(named, bytes)
        name = dict(fields(named))[1]
        assert isinstance(name, bytes)
        names.append(name.decode())
    assert names == list(json.loads(RECORDED.read_text("utf-8")))


async def test_it_is_sent_compressed_to_who_takes_it(client: TestClient) -> None:
    headers = {"Accept": ASKED, "Accept-Encoding": "gzip"}
    async with client.get("/openapi/v2", headers=headers, auto_decompress=False) as response:
        packed = await response.read()
        assert response.headers["Content-Encoding"] == "gzip"
    async with client.get("/openapi/v2", headers={**headers, "Accept-Encoding": "identity"}) as response:
        assert gzip.decompress(packed) == await response.read()
