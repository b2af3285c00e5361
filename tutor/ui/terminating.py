"""SIGTERM ends the tutor as its own key does: with the terminal as it was before. Systems without it go without."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import Any

from textual.app import App

TERMINATED = 143
"""The exit code then: 128 and the number of the signal, as shells count it."""


def end_when_terminated(app: App[Any]) -> None:
    """Once the app's loop runs."""
    # Not where the loop takes no signals (Windows), nor where it is not the main thread's.
    with suppress(NotImplementedError, RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: app.exit(return_code=TERMINATED))
