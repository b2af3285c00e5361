"""What a container runs: its image's stand-in, or the built-in commands. Never a program of the host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.practice.kubelet.environment import expand
from tutor.practice.kubelet.images import SHELL_PROGRAM, StandIn
from tutor.practice.kubelet.runtime import RunFailed
from tutor.practice.standins.commands.names import COMMAND_NAMES
from tutor.practice.standins.commands.table import base_name

NOT_FOUND = (
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    'unable to start container process: exec: "{name}": {reason}: unknown'
)


def choose(container: Mapping[str, Any], stand_in: StandIn, env: Mapping[str, str]) -> tuple[str, ...]:
    """() for the image's own program, else the words of a built-in command. Raises: `RunFailed`.

    `args` alone are handed to the image's entrypoint, which takes none: the stand-in runs as it is.
    """
    command = tuple(expand(str(word), env) for word in container.get("command") or ())
    args = tuple(expand(str(word), env) for word in container.get("args") or ())
    is_shell = stand_in.program == SHELL_PROGRAM
    if not command and not is_shell:
        return ()
    words = command + args or stand_in.entrypoint
    if words[: len(stand_in.entrypoint)] == stand_in.entrypoint and not is_shell:
        return ()
    name = base_name(words[0])
    if name in COMMAND_NAMES:
        return (name, *words[1:])
    reason = f"stat {words[0]}: no such file or directory" if "/" in words[0] else "executable file not found in $PATH"
    text = NOT_FOUND.format(name=words[0], reason=reason)
    raise RunFailed(text)
