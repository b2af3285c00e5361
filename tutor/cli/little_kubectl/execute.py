"""`kubectl exec`: one command in a container, its output and its exit code. Without a terminal of its own.

Source: the v5 channel protocol over a WebSocket: the first byte of a message is its channel.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.commands import ELSEWHERE
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.pods import first_pod
from tutor.cli.little_kubectl.words import Asked

PROTOCOL = "v5.channel.k8s.io"
STDIN, STDOUT, STDERR, RESULT, CLOSE = 0, 1, 2, 3, 255
CHUNK = 32 * 1024


async def run(ask: Ask, asked: Asked) -> int:
    if "tty" in asked.on:
        raise Failure(f"error: the built-in kubectl opens no terminal in a container: leave -t out.\n{ELSEWHERE}")
    if not asked.arguments:
        raise Failure("error: pod, type/name or --filename must be specified")
    if not asked.rest:
        raise Failure("error: you must specify at least one command for the container")
    word = asked.arguments[0]
    if "/" in word:
        pod = await first_pod(ask, word)
    else:
        pod = await ask.get(await ask.resource("pods"), word)
    names = [entry["name"] for entry in pod["spec"]["containers"]]
    container = asked.value("container") or names[0]
    if container not in names:
        raise Failure(f"error: container {container} not found in pod {pod['metadata']['name']}")
    if len(names) > 1 and not asked.value("container"):
        print(f'Defaulted container "{container}" out of: {", ".join(names)}', file=sys.stderr)
    query: dict[str, Any] = {"command": list(asked.rest), "container": container, "stdout": "true", "stderr": "true"}
    if "stdin" in asked.on:
        query["stdin"] = "true"
    path = f"{ask.path(await ask.resource('pods'), pod['metadata']['name'])}/exec"
    async with ask.wire.web_socket(path, query=query, protocol=PROTOCOL) as socket:
        if "stdin" in asked.on:
            while data := sys.stdin.buffer.read(CHUNK):
                await socket.send_bytes(bytes([STDIN]) + data)
            await socket.send_bytes(bytes([CLOSE, STDIN]))
        return await _output(socket)


async def _output(socket: Any) -> int:
    """Print what comes until the result does; its exit code. Raises: `Failure` where the command did not run."""
    async for message in socket:
        data: bytes = message.data if isinstance(message.data, bytes) else str(message.data).encode()
        if not data:
            continue
        channel, rest = data[0], data[1:]
        if channel in (STDOUT, STDERR):
            stream = sys.stdout if channel == STDOUT else sys.stderr
            stream.write(rest.decode("utf-8", "replace"))
            stream.flush()
        elif channel == RESULT:
            return _exit_code(json.loads(rest or b"{}"))
    raise Failure("error: the connection to the container ended before the command did")


def _exit_code(status: dict[str, Any]) -> int:
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "ExitCode":
            code = int(cause.get("message") or 1)
            print(f"command terminated with exit code {code}", file=sys.stderr)
            return code
    raise Failure(f"error: {status.get('message', 'the command could not be run')}")
