"""What the API server mounts at pods/exec, pods/attach and pods/portforward, for GET (websocket) and POST (SPDY).

The caller has authenticated the request. Raises: KubeletError, before anything was answered.
"""

from __future__ import annotations

import secrets

from aiohttp import web

from tutor.practice.kubelet.errors import KubeletError, bad_request
from tutor.practice.kubelet.exec_session import CommandNotFound
from tutor.practice.kubelet.kubelet import Kubelet
from tutor.practice.proxy.network import Streams
from tutor.practice.streams import exec_spdy, exec_websocket, port_forward, port_forward_channels
from tutor.practice.streams.attach_session import AttachSession
from tutor.practice.streams.exec_run import Session
from tutor.practice.streams.port_forward import PortForward
from tutor.practice.streams.spdy_transport import HijackedResponse, RawTransport, WebSocketTransport


async def handle_exec(request: web.Request, kubelet: Kubelet, namespace: str, pod: str) -> web.StreamResponse:
    """`?command=…&container=…&stdin&stdout&stderr&tty`. Raises: KubeletError."""
    words = tuple(request.query.getall("command", []))
    if not words:
        raise bad_request("you must specify at least 1 command for the container")
    _upgrade(request)
    session: Session | CommandNotFound
    try:
        tty = request.query.get("tty") in ("true", "1")
        session = kubelet.exec(namespace, pod, request.query.get("container", ""), words, tty=tty)
    except CommandNotFound as problem:
        session = problem
    return await _serve(request, session)


async def handle_attach(request: web.Request, kubelet: Kubelet, namespace: str, pod: str) -> web.StreamResponse:
    """`?container=…&stdin&stdout&stderr&tty`. Raises: KubeletError."""
    _upgrade(request)
    output = kubelet.logs(namespace, pod, request.query.get("container", ""), tail_lines=0, follow=True)
    return await _serve(request, AttachSession(output))


async def _serve(request: web.Request, session: Session | CommandNotFound) -> web.StreamResponse:
    run_id = secrets.token_hex(32)
    if _upgrade(request) == "websocket":
        return await exec_websocket.serve(request, session, run_id)
    return await exec_spdy.serve(request, session, run_id)


async def handle_portforward(request: web.Request, kubelet: Kubelet, namespace: str, pod: str) -> web.StreamResponse:
    """Raises: KubeletError."""
    upgrade = _upgrade(request)
    worker = kubelet.worker(namespace, pod)
    if worker is None or not worker.record.address:
        raise KubeletError(404, "NotFound", f'pods "{pod}" not found')
    address = worker.record.address

    async def connect(port: int) -> Streams:
        return await kubelet.network.connect(address, port)

    if upgrade == "spdy/3.1":
        raw = RawTransport.take_over(request, port_forward.PROTOCOL)
        try:
            await PortForward(raw, connect).run()
        finally:
            raw.close()
        return HijackedResponse()
    offered = [word.strip() for word in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if port_forward.TUNNEL_PROTOCOL in offered:
        websocket = web.WebSocketResponse(protocols=(port_forward.TUNNEL_PROTOCOL,), max_msg_size=1 << 22)
        await websocket.prepare(request)
        try:
            await PortForward(WebSocketTransport(websocket), connect).run()
        finally:
            await websocket.close()
        return websocket
    ports = [int(port) for value in request.query.getall("ports", []) for port in value.split(",") if port.isdigit()]
    if not ports:
        raise bad_request('query parameter "ports" is required')
    return await port_forward_channels.serve(request, ports, connect)


def _upgrade(request: web.Request) -> str:
    """Lower case. Raises: KubeletError for a request that asks for no upgrade we know."""
    upgrade = request.headers.get("Upgrade", "").lower()
    if upgrade not in ("websocket", "spdy/3.1"):
        raise bad_request("Upgrade request required")
    return upgrade
