"""curl, wget and nslookup, over the pod network alone. Messages and exit codes of curl 7 and of busybox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from tutor.practice.standins.commands.world import Io, UnknownName, World
from tutor.practice.standins.outgoing import Answer, read_answer

_DNS = "10.96.0.10"
_DEFAULT_SECONDS = 60.0
_MOST_REDIRECTS = 20


@dataclass(slots=True)
class _Curl:
    url: str = ""
    method: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: str | None = None
    flags: set[str] = field(default_factory=set)
    output: str = ""
    write_out: str = ""
    seconds: float = _DEFAULT_SECONDS


_WITH_VALUE = {
    "-X": "method",
    "--request": "method",
    "-o": "output",
    "--output": "output",
    "-w": "write_out",
    "--write-out": "write_out",
}
_LONG = {"--silent": "s", "--include": "i", "--head": "I", "--fail": "f", "--location": "L", "--show-error": "S"}


def _parse_curl(words: Sequence[str]) -> _Curl | str:
    """The request, or what curl says of words that it does not know."""
    wanted, rest = _Curl(), list(words)
    while rest:
        word = rest.pop(0)
        if word in _WITH_VALUE and rest:
            setattr(wanted, _WITH_VALUE[word], rest.pop(0))
        elif word in ("-H", "--header") and rest:
            name, _, value = rest.pop(0).partition(":")
            wanted.headers.append((name.strip(), value.strip()))
        elif word in ("-d", "--data", "--data-raw") and rest:
            piece = rest.pop(0)
            wanted.data = piece if wanted.data is None else f"{wanted.data}&{piece}"
        elif word in ("-m", "--max-time", "--connect-timeout") and rest:
            try:
                wanted.seconds = float(rest.pop(0))
            except ValueError:
                return f"curl: option {word}: expected a proper numerical parameter"
        elif word in _LONG:
            wanted.flags.add(_LONG[word])
        elif word.startswith("-") and not word.startswith("--") and len(word) > 1:
            wanted.flags |= set(word[1:])
        elif word.startswith("--"):
            return f"curl: option {word}: is unknown"
        else:
            wanted.url = word
    return wanted if wanted.url else "curl: try 'curl --help' for more information"


async def curl(words: Sequence[str], world: World, io: Io) -> int:
    wanted = _parse_curl(words)
    if isinstance(wanted, str):
        io.complain(wanted)
        return 2
    quiet = "s" in wanted.flags and "S" not in wanted.flags

    def problem(code: int, text: str) -> int:
        if not quiet:
            io.complain(f"curl: ({code}) {text}")
        return code

    url = wanted.url if "://" in wanted.url else f"http://{wanted.url}"
    method = wanted.method or ("HEAD" if "I" in wanted.flags else "POST" if wanted.data is not None else "GET")
    headers = [("User-Agent", "curl/7.88.1"), ("Accept", "*/*"), *wanted.headers]
    if wanted.data is not None and not any(name.lower() == "content-type" for name, _ in wanted.headers):
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    host, port = _target(url)
    try:
        async with asyncio.timeout(wanted.seconds):
            for _ in range(_MOST_REDIRECTS):
                host, port = _target(url)
                if not url.startswith("http://"):
                    return problem(35, "OpenSSL/3.0: wrong version number")
                answer = await _request(world, method, url, headers, (wanted.data or "").encode())
                location = answer.headers.get("location", "")
                if "L" not in wanted.flags or not location or not 300 <= answer.status < 400:
                    break
                url, method = urljoin(url, location), "GET" if method == "POST" else method
    except UnknownName:
        return problem(6, f"Could not resolve host: {host}")
    except ConnectionRefusedError:
        return problem(7, f"Failed to connect to {host} port {port}: Connection refused")
    except TimeoutError:
        return problem(28, f"Operation timed out after {wanted.seconds * 1000:.0f} milliseconds")
    except ConnectionResetError:
        return problem(52, "Empty reply from server")
    except ValueError:
        return problem(3, "URL using bad/illegal format or missing URL")
    if "f" in wanted.flags and answer.status >= 400:
        return problem(22, f"The requested URL returned error: {answer.status}")
    body = b"" if method == "HEAD" else answer.body
    if "i" in wanted.flags or "I" in wanted.flags:
        body = _head(answer) + body
    _give(wanted.output, body, world, io)
    if wanted.write_out:
        text = wanted.write_out.replace("%{http_code}", str(answer.status)).replace("\\n", "\n")
        io.out(text.encode())
    return 0


async def wget(words: Sequence[str], world: World, io: Io) -> int:
    url, output, quiet, seconds, rest = "", "", False, _DEFAULT_SECONDS, list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-O", "-T", "--timeout") and rest:
            value = rest.pop(0)
            if word == "-O":
                output = value
            elif value.replace(".", "", 1).isdigit():
                seconds = float(value)
        elif word.startswith("-"):
            quiet = quiet or "q" in word
            if "O" in word:
                output = word.partition("O")[2] or (rest.pop(0) if rest else "-")
        else:
            url = word if "://" in word else f"http://{word}"
    if not url:
        io.complain("wget: missing URL")
        return 1
    host, port = _target(url)
    try:
        async with asyncio.timeout(seconds):
            for _ in range(_MOST_REDIRECTS):
                answer = await _request(world, "GET", url, [("User-Agent", "Wget")], b"")
                if not (300 <= answer.status < 400 and answer.headers.get("location")):
                    break
                url = urljoin(url, answer.headers["location"])
                host, port = _target(url)
    except UnknownName:
        io.complain(f"wget: bad address '{host}{'' if port == 80 else f':{port}'}'")
        return 1
    except ConnectionRefusedError:
        io.complain(f"wget: can't connect to remote host ({host}): Connection refused")
        return 1
    except TimeoutError:
        io.complain("wget: download timed out")
        return 1
    except (OSError, ValueError):
        io.complain("wget: error getting response")
        return 1
    if answer.status >= 400:
        io.complain(f"wget: server returned error: HTTP/1.1 {answer.status} {_phrase(answer.status)}")
        return 1
    name = output or urlsplit(url).path.rpartition("/")[2] or "index.html"
    if not quiet:
        io.complain(f"Connecting to {host}:{port}")
        io.complain("writing to stdout" if name == "-" else f"saving to '{name}'")
    _give("" if name == "-" else name, answer.body, world, io)
    return 0


async def nslookup(words: Sequence[str], world: World, io: Io) -> int:
    host = next((word for word in words if not word.startswith("-")), "")
    if not host:
        io.complain("nslookup: a name is needed")
        return 1
    io.print(f"Server:\t\t{_DNS}\nAddress:\t{_DNS}#53\n")
    try:
        name, addresses = await world.network.lookup(host)
    except UnknownName:
        io.print(f"** server can't find {host}: NXDOMAIN\n")
        return 1
    for address in addresses:
        io.print(f"Name:\t{name}\nAddress: {address}")
    io.print("")
    return 0


def _target(url: str) -> tuple[str, int]:
    """Raises: ValueError."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


async def _request(world: World, method: str, url: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
    """Raises: UnknownName, OSError, TimeoutError, ValueError."""
    parts = urlsplit(url)
    host, port = _target(url)
    if not host:
        raise ValueError("no host")
    reader, writer = await world.network.connect(host, port)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body)
        await writer.drain()
        return await read_answer(reader, head_only=method == "HEAD")
    finally:
        writer.close()


def _give(output: str, body: bytes, world: World, io: Io) -> None:
    if output in ("", "-"):
        io.out(body)
    elif output != "/dev/null":
        world.files[world.absolute(output)] = body.decode("utf-8", "replace")


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}"]
    lines += [f"{name.title()}: {value}" for name, value in answer.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


COMMANDS = {"curl": curl, "wget": wget, "nslookup": nslookup}
