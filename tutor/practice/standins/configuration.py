"""What the kubelet hands to a container's process: one line of JSON on standard input, which then stays open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Handover = Literal["fd", "port", "in-use"]


@dataclass(frozen=True, slots=True)
class Listen:
    """How one port of the container is listened on, on this machine."""

    port: int
    """The port inside the pod, e.g. 8080."""
    how: Handover
    """`fd`: an inherited, bound socket; `port`: bind 127.0.0.1:value; `in-use`: another container of the pod has it."""
    value: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """A container as its own process sees it. Raises: ValueError from `parse` where the line is not such an object."""

    hostname: str = "localhost"
    env: Mapping[str, str] = field(default_factory=dict)
    listen: tuple[Listen, ...] = ()
    proxy_port: int = 0
    """Port of the daemon's forward proxy on 127.0.0.1; 0 where there is no network."""
    proxy_token: str = ""
    command: tuple[str, ...] = ()
    """The container's command where it is not the image's own: run by the built-in commands."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The container's virtual file system: absolute path → text."""
    working_dir: str = "/"

    def listener(self, port: int) -> Listen | None:
        return next((entry for entry in self.listen if entry.port == port), None)

    def to_line(self) -> bytes:
        document = {
            "hostname": self.hostname,
            "env": dict(self.env),
            "listen": [[entry.port, entry.how, entry.value] for entry in self.listen],
            "proxy_port": self.proxy_port,
            "proxy_token": self.proxy_token,
            "command": list(self.command),
            "files": dict(self.files),
            "working_dir": self.working_dir,
        }
        return json.dumps(document).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Configuration:
        document: dict[str, Any] = json.loads(line)
        return cls(
            hostname=str(document["hostname"]),
            env={str(name): str(value) for name, value in document["env"].items()},
            listen=tuple(Listen(int(port), how, int(value)) for port, how, value in document["listen"]),
            proxy_port=int(document["proxy_port"]),
            proxy_token=str(document["proxy_token"]),
            command=tuple(str(word) for word in document["command"]),
            files={str(path): str(text) for path, text in document["files"].items()},
            working_dir=str(document["working_dir"]),
        )
