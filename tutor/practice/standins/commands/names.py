"""The commands that exist in a container, by name: what `exec` and a container's `command` may start."""

from __future__ import annotations

from tutor.practice.standins.commands.table import COMMANDS

# `cd` and `:` are the shell's own.
COMMAND_NAMES = frozenset(COMMANDS) - {"cd", ":"} | {"sh", "bash"}
