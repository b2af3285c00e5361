"""One try of a probe, over the pod's network. Output texts as the kubelet's HTTP and TCP clients give them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from tutor.kube.probes import Probe
from tutor.practice.kubelet.probe_state import Outcome
from tutor.practice.proxy.network import PodNetwork

USER_AGENT = "kube-probe/1.34"
_MOST_REDIRECTS = 10
_MOST_OUTPUT = 10_240


@dataclass(frozen=True, slots=True)
class CommandResult:
    """`problem`: the command could not be started at all."""

    exit_code: int
    output: str = ""
    problem: str = ""


Execute = Callable[[Mapping[str, Any], str, tuple[str, ...]], Awaitable[CommandResult]]
"""(pod, container's name, words) → its result."""


class Prober(Protocol):
    async def probe(
        self, pod: Mapping[str, Any], container: Mapping[str, Any], probe: Probe, address: str
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class NetworkProber:
    """Probes as a kubelet does: to the pod's own address."""

    network: PodNetwork
    execute: Execute

    async def probe(self, pod: Mapping[str, Any], container: Mapping[str, Any], probe: Probe, address: str) -> Outcome:
        if probe.kind == "exec":
            return await self._exec(pod, str(container["name"]), probe)
        try:
            port = resolve_port(container, probe.port)
        except ValueError as error:
            return Outcome(False, str(error), errored=True)
        host = probe.host or address
        if probe.kind == "http":
            return await self._http(probe, host, port)
        if probe.kind == "grpc":
            text = (
                f'timeout: failed to connect service "{host}:{port}" within {probe.timeout}s: context deadline exceeded'
            )
            return Outcome(False, text)
        return await self._tcp(probe, host, port)

    async def _tcp(self, probe: Probe, host: str, port: int) -> Outcome:
        try:
            async with asyncio.timeout(probe.timeout):
                _reader, writer = await self.network.connect(host, port)
        except TimeoutError:
            return Outcome(False, f"dial tcp {host}:{port}: i/o timeout")
        except OSError as error:
            return Outcome(False, str(error))
        writer.close()
        return Outcome(True)

    async def _http(self, probe: Probe, host: str, port: int) -> Outcome:
        path = probe.path if probe.path.startswith("/") else f"/{probe.path}"
        url = f"{probe.scheme.lower()}://{host}:{port}{path}"
        try:
            async with asyncio.timeout(probe.timeout):
                status, body = await self._get(url, probe)
        except TimeoutError:
            text = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
            return Outcome(False, f'Get "{url}": {text}')
        except (OSError, EOFError, ValueError) as error:
            return Outcome(False, f'Get "{url}": {error}')
        if 200 <= status < 400:
            return Outcome(True, body)
        return Outcome(False, f"HTTP probe failed with statuscode: {status}")

    async def _get(self, url: str, probe: Probe) -> tuple[int, str]:
        """Follows redirects within the pod. Raises: OSError, EOFError, ValueError with the client's text."""
        start = urlsplit(url)
        for _ in range(_MOST_REDIRECTS):
            at = urlsplit(url)
            if (at.hostname, at.port) != (start.hostname, start.port):
                # Another host is not asked: the answer that sent there counts, as in the kubelet.
                return 302, ""
            reader, writer = await self.network.connect(str(at.hostname), at.port or 80)
            try:
                if at.scheme == "https":
                    raise ValueError("http: server gave HTTP response to HTTPS client")
                writer.write(_request(at.path + (f"?{at.query}" if at.query else ""), at.netloc, probe))
                await writer.drain()
                status, location, body = await _answer(reader)
            finally:
                writer.close()
            if not (300 <= status < 400 and location):
                return status, body
            url = urljoin(url, location)
        raise ValueError("stopped after 10 redirects")

    async def _exec(self, pod: Mapping[str, Any], container: str, probe: Probe) -> Outcome:
        try:
            async with asyncio.timeout(probe.timeout):
                result = await self.execute(pod, container, probe.command)
        except TimeoutError:
            return Outcome(False, f'command timed out: "{" ".join(probe.command)}" timed out after {probe.timeout}s')
        if result.problem:
            return Outcome(
                False, f"rpc error: code = Unknown desc = failed to exec in container: {result.problem}", True
            )
        return Outcome(result.exit_code == 0, result.output[:_MOST_OUTPUT])


def resolve_port(container: Mapping[str, Any], port: int | str | None) -> int:
    """A named port by the container's own list. Raises: ValueError with Go's text for a name that is not in it."""
    for entry in container.get("ports") or []:
        if entry.get("name") == port:
            return int(entry["containerPort"])
    text = str(port)
    if not text.isdigit():
        raise ValueError(f'strconv.Atoi: parsing "{text}": invalid syntax')
    return int(text)


def _request(target: str, netloc: str, probe: Probe) -> bytes:
    given = {name.lower() for name, _ in probe.headers}
    host = next((value for name, value in probe.headers if name.lower() == "host"), netloc)
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in probe.headers if name.lower() != "host"]
    defaults = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
    lines += [f"{name}: {value}" for name, value in defaults.items() if name.lower() not in given]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str, str]:
    """(status, Location, body's beginning). Raises: EOFError, ValueError."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError as end:
        if not end.partial:
            raise EOFError("EOF") from end
        raise ValueError(_malformed(end.partial)) from end
    except asyncio.LimitOverrunError as error:
        raise ValueError("net/http: server response headers exceeded the limit") from error
    status_line, *lines = head.split("\r\n")
    words = status_line.split(" ")
    if not status_line.startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
        raise ValueError(_malformed(status_line.encode("latin-1")))
    location = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:")), "")
    body = await reader.read(_MOST_OUTPUT)
    return int(words[1]), location, body.decode("utf-8", "replace")


def _malformed(data: bytes) -> str:
    text = data.split(b"\n")[0].decode("latin-1").strip()
    return f'net/http: HTTP/1.x transport connection broken: malformed HTTP response "{text}"'
