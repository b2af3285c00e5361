"""What a container runs: its image's stand-in, or the built-in commands. Never a program of the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.practice.kubelet.environment import expand
from tutor.practice.kubelet.images import StandIn
from tutor.practice.kubelet.runtime import RunFailed
from tutor.practice.standins.commands.names import COMMAND_NAMES

NOT_FOUND = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "{name}": {reason}: unknown'
)


def choose(container: Mapping[str, Any], stand_in: StandIn, env: Mapping[str, str]) -> tuple[str, ...]:
    """() for the image's own program, else the words of a built-in command. Raises: `RunFailed`.

    `args` alone are handed to the image's entrypoint, which takes none: the stand-in runs as it is.
    """
    command = tuple(expand(str(word), env) for word in container.get("command") or ())
    if not command:
        return ()
    words = command + tuple(expand(str(word), env) for word in container.get("args") or ())
    if words[: len(stand_in.entrypoint)] == stand_in.entrypoint:
        return ()
    name = words[0].removeprefix("/usr").removeprefix("/bin/")
    if name in COMMAND_NAMES:
        return (name, *words[1:])
    reason = f"stat {words[0]}: no such file or directory" if "/" in words[0] else "executable file not found in $PATH"
    text = NOT_FOUND.format(name=words[0], reason=reason)
    raise RunFailed(text)
