"""The commands that exist in a container, by name."""

from __future__ import annotations

COMMAND_NAMES = frozenset(
    {
        "sh",
        "bash",
        "ls",
        "env",
        "printenv",
        "cat",
        "ps",
        "hostname",
        "date",
        "echo",
        "curl",
        "wget",
        "nslookup",
        "sleep",
    }
    | {"true", "false", "pwd", "id", "whoami", "uname", "test", "[", "kill", "head", "tail", "grep", "wc"}
)
