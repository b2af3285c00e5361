"""`kubectl version`."""

from __future__ import annotations

from tutor import __version__
from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.words import Asked


async def run(ask: Ask, asked: Asked) -> int:
    print(f"Client Version: built into homics-tutor {__version__}")
    if "client" not in asked.on:
        print(f"Server Version: {(await ask.call('GET', '/version')).get('gitVersion', 'unknown')}")
    return 0
