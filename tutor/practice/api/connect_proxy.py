"""services/NAME/proxy and pods/NAME/proxy: a request passed on to a pod, its answer passed back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from tutor.practice.api.context import Context, Streams
from tutor.practice.api.reading import existing
from tutor.practice.api.target import Target
from tutor.practice.proxy.errors import NoEndpoints, NoServicePort, NoSuchService
from tutor.practice.store.errors import BadRequest, NotFound, StatusError

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "te", "trailers", "transfer-encoding", "upgrade", "host"}
)
_CHUNK = 1 << 16
_ANSWER_SECONDS = 60.0


async def proxy(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    """Raises: `StatusError` 503 where nothing answers."""
    name, port = _name_and_port(target.name)
    try:
        streams = await _connect(context, target, name, port)
    except NoSuchService as error:
        raise NotFound("Service", name) from error
    except (NoServicePort, NoEndpoints) as error:
        raise _unavailable(str(error)) from error
    except OSError as error:
        raise _unavailable(f"error trying to reach service: {error}") from error
    reader, writer = streams
    try:
        await _send(request, target, writer)
        return await _receive(request, reader, target)
    except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
        text = str(error) if str(error) and not isinstance(error, asyncio.IncompleteReadError) else "EOF"
        raise _unavailable(f"error trying to reach service: {text}") from error
    except TimeoutError as error:
        raise _unavailable("error trying to reach service: net/http: timeout awaiting response headers") from error
    finally:
        writer.close()


def _unavailable(message: str) -> StatusError:
    return StatusError(503, "ServiceUnavailable", message)


def _name_and_port(text: str) -> tuple[str, str]:
    """Of "name", "name:port" and "scheme:name:port"."""
    parts = text.split(":")
    if len(parts) == 3:
        return parts[1], parts[2]
    return parts[0], parts[1] if len(parts) == 2 else ""


async def _connect(context: Context, target: Target, name: str, port: str) -> Streams:
    if target.resource.kind == "Service":
        service = existing(context.store, Target(target.resource, target.namespace, name))
        ports = service["spec"].get("ports") or []
        chosen: int | str = int(port) if port.isdecimal() else port
        if not port:
            if len(ports) != 1:
                raise NoServicePort("", name)
            chosen = int(ports[0]["port"])
        return await context.network.connect_service(target.namespace, name, chosen)
    pod = existing(context.store, Target(target.resource, target.namespace, name))
    number = int(port) if port.isdecimal() else _first_port(pod, port)
    address = pod.get("status", {}).get("podIP", "")
    if not address:
        raise BadRequest("address not allowed")
    return await context.network.connect(address, number)


def _first_port(pod: dict[str, object], name: str) -> int:
    spec: object = pod["spec"]
    containers = spec["containers"] if isinstance(spec, dict) else []
    for container in containers:
        for port in container.get("ports") or []:
            if not name or port.get("name") == name:
                return int(port["containerPort"])
    return 80


async def _send(request: web.Request, target: Target, writer: asyncio.StreamWriter) -> None:
    path = target.rest or "/"
    _, found, query = request.raw_path.partition("?")
    body = await request.read()
    lines = [f"{request.method} {_quoted(request, path)}{found}{query} HTTP/1.1"]
    lines.append(f"Host: {target.name.split(':')[0]}")
    for key, value in request.headers.items():
        if key.lower() not in _HOP_BY_HOP and key.lower() not in ("authorization", "content-length"):
            lines.append(f"{key}: {value}")
    lines += ["Connection: close", f"X-Forwarded-Uri: {path}"]
    if body or request.method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    writer.write("\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body)
    await writer.drain()


def _quoted(request: web.Request, path: str) -> str:
    """The rest of the path as the client escaped it."""
    raw = request.raw_path.partition("?")[0]
    marker = "/proxy/"
    return "/" + raw.partition(marker)[2] if marker in raw else path


async def _receive(request: web.Request, reader: asyncio.StreamReader, target: Target) -> web.StreamResponse:
    async with asyncio.timeout(_ANSWER_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    code = int(first.split(" ")[1])
    response = web.StreamResponse(status=code)
    length: int | None = None
    chunked = False
    for line in lines:
        key, _, value = line.partition(":")
        value = value.strip()
        if key.lower() == "content-length":
            length = int(value)
            response.content_length = length
        elif key.lower() == "transfer-encoding":
            chunked = "chunked" in value.lower()
        elif key.lower() == "location" and value.startswith("/"):
            # A redirect within the pod stays within the proxy.
            response.headers.add("Location", request.path.removesuffix(target.rest) + value)
        elif key.lower() not in _HOP_BY_HOP:
            response.headers.add(key, value)
    await response.prepare(request)
    if request.method != "HEAD" and code not in (204, 304):
        async for piece in _body(reader, length, chunked):
            await response.write(piece)
    await response.write_eof()
    return response


async def _body(reader: asyncio.StreamReader, length: int | None, chunked: bool) -> AsyncIterator[bytes]:
    if chunked:
        while size := int((await reader.readline()).split(b";")[0] or b"0", 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        return
    remaining = length
    while remaining is None or remaining > 0:
        piece = await reader.read(_CHUNK if remaining is None else min(_CHUNK, remaining))
        if not piece:
            return
        if remaining is not None:
            remaining -= len(piece)
        yield piece
