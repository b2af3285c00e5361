"""Who may ask, how much, and how far a request reaches."""

from __future__ import annotations

import asyncio
import gzip
import io
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientConnectionError
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from tests.practice.api.doubles import TOKEN, config_map, pod
from tutor.practice.api.context import Context
from tutor.practice.api.server import MAX_BODY_BYTES, application

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
async def stranger(context: Context) -> AsyncIterator[TestClient]:
    client = TestClient(TestServer(application(context)))
    await client.start_server()
    yield client
    context.close()
    await client.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api"),
        ("GET", "/apis"),
        ("GET", "/"),
        ("GET", "/openapi/v3"),
        ("GET", "/openapi/v2"),
        ("GET", MAPS),
        ("GET", MAPS + "?watch=true"),
        ("POST", MAPS),
        ("PATCH", MAPS + "/a"),
        ("DELETE", MAPS + "/a"),
        ("DELETE", "/api/v1/namespaces/default"),
        ("GET", "/api/v1/namespaces/default/pods/web/log"),
        ("GET", "/api/v1/namespaces/default/pods/web/exec?command=ls"),
        ("POST", "/api/v1/namespaces/default/pods/web/portforward"),
        ("GET", "/api/v1/namespaces/default/services/web/proxy/"),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        ("GET", "/nosuch"),
        ("GET", "/livez/ping"),
    ],
)
async def test_without_the_token_nothing_is_told_or_done(
    stranger: TestClient, context: Context, method: str, path: str
) -> None:
    context.store.create(pod())
    before = context.store.resource_version
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        async with stranger.request(method, URL(path, encoded=True), headers=headers) as response:
            assert response.status == 401
            assert (await response.json())["reason"] == "Unauthorized"
    assert context.store.resource_version == before


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz", "/version"])
async def test_health_and_version_are_for_everybody_but_not_for_a_wrong_token(stranger: TestClient, path: str) -> None:
    async with stranger.get(path) as response:
        assert response.status == 200
    async with stranger.get(path, headers={"Authorization": "Bearer wrong"}) as response:
        assert response.status == 401
    async with stranger.post(path) as response:
        assert response.status == 401


async def test_a_body_beyond_the_limit_is_refused_and_not_kept(client: TestClient, context: Context) -> None:
    text = b'{"metadata":{"name":"big"},"data":{"a":"' + b"x" * MAX_BODY_BYTES + b'"}}'
    async with client.post(MAPS, data=io.BytesIO(text), headers={"Content-Type": "application/json"}) as response:
        assert response.status == 413
        assert (await response.json())["reason"] == "RequestEntityTooLarge"
    assert context.store.get("ConfigMap", "default", "big") is None


async def test_a_compressed_body_cannot_grow_beyond_the_limit(client: TestClient) -> None:
    text = gzip.compress(b'{"metadata":{"name":"big"},"data":{"a":"' + b"x" * (20 << 20) + b'"}}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with client.post(MAPS, data=text, headers=headers) as response:
        assert response.status in (400, 413)


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/namespaces/default/pods/..%2f..%2fetc%2fpasswd/log",
        "/api/v1/namespaces/..%2f..%2fetc/pods/passwd",
        "/openapi/v3/..%2f..%2f..%2fdata%2ftypes.json.gz",
        "/openapi/v3/../../../../../etc/passwd",
        "/openapi/v3//etc/passwd",
        "/api/v1/namespaces/default/configmaps/%00",
    ],
)
async def test_no_path_reaches_the_file_system(client: TestClient, path: str) -> None:
    async with client.get(URL(path, encoded=True)) as response:
        assert response.status == 404
        assert b"root:" not in await response.read()


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\x00",
        b'{"metadata":{"name":"x","labels":{"a":"\\ud800"}}}',
        b'{"metadata":{"name":"x"},"data":{"a":1e999}}',
        b'{"metadata":{"name":"x","namespace":7}}',
        b'{"metadata":[]}',
        b'{"metadata":{"name":{}}}',
        b"7",
        b"null",
    ],
    ids=lambda text: text[:20].decode("latin-1"),
)
async def test_hostile_bodies_are_refused_with_a_status(client: TestClient, text: bytes) -> None:
    for method, path in (("POST", MAPS), ("PUT", MAPS + "/x"), ("PATCH", MAPS + "/x"), ("DELETE", MAPS + "/x")):
        for kind in ("application/json", "application/merge-patch+json", "application/apply-patch+yaml"):
            headers = {"Content-Type": kind}
            async with client.request(
                method, path, data=text, headers=headers, params={"fieldManager": "m"}
            ) as response:
                status = await response.json()
                # A real server, too, answers 500 to options of a deletion that it cannot read; it knows what is wrong.
                assert response.status >= 400
                assert status.get("reason") != "InternalError", (method, kind, status)
                assert status["kind"] == "Status"


async def test_yaml_of_a_body_makes_no_objects_and_no_bombs(client: TestClient) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
    )
    for text in ("!!python/object/apply:os.system ['true']", bomb):
        async with client.post(MAPS, data=text.encode(), headers={"Content-Type": "application/yaml"}) as response:
            assert response.status == 400
            assert len(await response.read()) < 10_000


async def test_a_client_that_reads_nothing_is_cut_off_and_costs_a_bounded_backlog(
    context: Context, client: TestClient
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(f"GET {MAPS}?watch=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    made = context.store.create(config_map("a", v="x" * 100_000))
    for number in range(20_000):
        if not context.watches:
            break
        changed = {
            **made,
            "metadata": {"name": "a", "namespace": "default"},
            "data": {"v": f"{number}" + "x" * 100_000},
        }
        context.store.update(changed)
        if number % 50 == 0:
            await asyncio.sleep(0)
    assert not any(len(watch.take()) for watch in context.watches)
    writer.close()


async def test_the_log_of_a_defect_is_not_the_answer(
    client: TestClient, context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(context.store, "list", broken)
    async with client.get(MAPS) as response:
        status = await response.json()
    assert (response.status, status["reason"]) == (500, "InternalError")
    assert "Traceback" not in status["message"]
    assert "RuntimeError: inside" in caplog.text


async def test_a_closed_connection_is_no_defect(
    client: TestClient, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.get(MAPS, params={"watch": "true"})
    response.close()
    with pytest.raises(ClientConnectionError):
        await response.content.read()
    context.store.create(config_map("a"))
    await asyncio.sleep(0)
    assert not caplog.records
