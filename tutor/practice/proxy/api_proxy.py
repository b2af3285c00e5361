"""The API server's proxy to pods and Services: `…/services/[scheme:]name[:port]/proxy/path` and the same of pods.

The caller has authenticated the request; its credentials go no further. Texts of v1.34.2.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tutor.practice.proxy.errors import NoEndpoints, NoServicePort, NoSuchService
from tutor.practice.proxy.network import PodNetwork, Streams

_HOP_BY_HOP = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "upgrade"}
_HOP_BY_HOP |= {"transfer-encoding", "host", "authorization", "content-length", "accept-encoding"}
_CHUNK = 64 << 10
_ANSWER_SECONDS = 60.0


class ProxyError(Exception):
    """Answered with a Status: `code`, `reason`, and the text."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class ProxyTarget:
    """`https:web:8443` → scheme https, name web, port 8443; port "" where none is given."""

    scheme: str
    name: str
    port: str

    @classmethod
    def parse(cls, text: str) -> ProxyTarget:
        """Raises: ProxyError."""
        match text.split(":"):
            case [name]:
                return cls("", name, "")
            case [name, port]:
                return cls("", name, port)
            case [("http" | "https" | "") as scheme, name, port]:
                return cls(scheme, name, port)
        raise ProxyError(400, "BadRequest", f'invalid service request "{text}"')


async def proxy_service(
    request: web.Request, network: PodNetwork, namespace: str, target: ProxyTarget, path: str, prefix: str
) -> web.StreamResponse:
    """`path` is what follows `/proxy`, `prefix` all before it. Raises: ProxyError, before anything was answered."""
    try:
        streams = await network.connect_service(namespace, target.name, target.port)
    except NoSuchService as error:
        raise ProxyError(404, "NotFound", str(error)) from error
    except (NoEndpoints, NoServicePort) as error:
        raise ProxyError(503, "ServiceUnavailable", str(error)) from error
    except OSError as error:
        raise _unreachable(error) from error
    return await _pass(request, streams, target.name, path, prefix)


async def proxy_pod(
    request: web.Request, network: PodNetwork, pod: dict[str, Any], target: ProxyTarget, path: str, prefix: str
) -> web.StreamResponse:
    """Without a port: the first that the pod declares, else 80. Raises: ProxyError, before anything was answered."""
    declared = [port["containerPort"] for c in pod["spec"]["containers"] for port in c.get("ports", [])]
    port = target.port or str(declared[0] if declared else 80)
    address = (pod.get("status") or {}).get("podIP")
    if not address:
        raise ProxyError(400, "BadRequest", f'address not allowed: pod "{target.name}" has no IP yet')
    if not port.isdigit():
        raise ProxyError(400, "BadRequest", f'invalid port "{port}"')
    try:
        streams = await network.connect(address, int(port))
    except OSError as error:
        raise _unreachable(error) from error
    return await _pass(request, streams, f"{address}:{port}", path, prefix)


def _unreachable(error: Exception) -> ProxyError:
    return ProxyError(503, "ServiceUnavailable", f"error trying to reach service: {error or 'EOF'}")


async def _pass(request: web.Request, streams: Streams, host: str, path: str, prefix: str) -> web.StreamResponse:
    reader, writer = streams
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            body = await request.read()
            target = (path or "/") + (f"?{request.query_string}" if request.query_string else "")
            lines = [f"{request.method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
            lines.append(f"X-Forwarded-Uri: {prefix}{path}")
            if body or request.method in ("POST", "PUT", "PATCH"):
                lines.append(f"Content-Length: {len(body)}")
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body)
            await writer.drain()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            answer = _answer(head, prefix)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError, TimeoutError) as error:
        writer.close()
        text = OSError("EOF") if isinstance(error, asyncio.IncompleteReadError) else error
        raise _unreachable(text) from error
    try:
        await answer.prepare(request)
        left = int(answer.headers.get("Content-Length", -1))
        while left and (data := await reader.read(_CHUNK if left < 0 else min(_CHUNK, left))):
            await answer.write(data)
            left -= len(data) if left > 0 else 0
        await answer.write_eof()
    finally:
        writer.close()
    return answer


def _answer(head: str, prefix: str) -> web.StreamResponse:
    """Raises: ValueError where the pod did not speak HTTP."""
    status_line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    words = status_line.split(" ", 2)
    if not status_line.startswith("HTTP/1.") or len(words) < 2:
        raise ValueError(f'malformed HTTP response "{status_line}"')
    answer = web.StreamResponse(status=int(words[1]))
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.strip(), value.strip()
        if name.lower() in _HOP_BY_HOP - {"content-length"}:
            continue
        if name.lower() == "location" and value.startswith("/"):
            # The page's own paths lead back through the proxy.
            value = prefix + value
        answer.headers.add(name, value)
    return answer
