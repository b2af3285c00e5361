"""A cluster as its kubeconfig names it, asked directly: for benchmarks that measure without a client library."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yaml


@dataclass(frozen=True, slots=True)
class Access:
    server: str
    tls: ssl.SSLContext
    headers: dict[str, str]

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.server)
        return parts.hostname or "", parts.port or 443

    def session(self, connections: int = 8) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self.tls, limit=connections)
        return aiohttp.ClientSession(self.server, headers=self.headers, connector=connector)


def access(kubeconfig: Path) -> Access:
    """Of the current context. Raises: `OSError`, `KeyError`, `StopIteration` for a kubeconfig that lacks something."""
    data = yaml.safe_load(kubeconfig.read_text("utf-8"))
    context = _named(data["contexts"], data["current-context"])["context"]
    cluster = _named(data["clusters"], context["cluster"])["cluster"]
    user = _named(data["users"], context["user"])["user"]
    tls = ssl.create_default_context(cadata=_bytes(cluster, "certificate-authority").decode())
    headers = {}
    if "token" in user:
        headers["Authorization"] = f"Bearer {user['token']}"
    else:
        with tempfile.TemporaryDirectory() as folder:
            both = Path(folder) / "client.pem"
            both.touch(0o600)
            both.write_bytes(_bytes(user, "client-certificate") + b"\n" + _bytes(user, "client-key"))
            tls.load_cert_chain(both)
    return Access(cluster["server"], tls, headers)


def _named(entries: Iterable[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _bytes(entry: dict[str, str], name: str) -> bytes:
    inline = entry.get(f"{name}-data")
    return base64.b64decode(inline) if inline else Path(entry[name]).read_bytes()


async def post_all(cluster: Access, path: str, objects: Iterable[dict[str, Any]]) -> None:
    """Create them, eight at a time. Raises: `aiohttp.ClientResponseError`."""
    waiting = iter(objects)
    async with cluster.session() as session:

        async def work() -> None:
            for obj in waiting:
                async with session.post(path, json=obj) as answer:
                    if answer.status != 201:
                        raise SystemExit(f"POST {path} answered {answer.status}: {await answer.text()}")

        await asyncio.gather(*(work() for _ in range(8)))


async def get(cluster: Access, path: str) -> Any:
    async with cluster.session() as session, session.get(path) as answer:
        return json.loads(await answer.read())
