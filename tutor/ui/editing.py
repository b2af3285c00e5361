"""Opens a file in the learner's editor; the lesson goes on behind it."""

from __future__ import annotations

import asyncio
import os
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tutor.ui.editor import EditorCommand, editor_command


async def edit(app: App[object], file: Path, line: int | None) -> str:
    """Returns "" or a sentence that says why it did not work. Runs in a worker."""
    command = editor_command(file, line, os.environ)
    if command is None:
        return "No editor was found. Set EDITOR to the command of yours, or open the file by hand."
    if not file.parent.is_dir():
        return f"The folder {file.parent.name} does not exist yet: take the starters first."
    try:
        with ExitStack() as stack:
            if not command.windowed:
                for context in _leave_terminal(app):
                    stack.enter_context(context)
            return await _problem(command)
    except SuspendNotSupported:
        return "The screen cannot make room for an editor here: open the file in another terminal."


async def _problem(command: EditorCommand) -> str:
    """Raises nothing: `App.suspend` gives the terminal back only where what it encloses ends by itself."""
    try:
        code = await _run(command)
    except OSError as error:
        return f"{command.argv[0]} did not start ({error.strerror or error}). Set EDITOR to the command of your editor."
    return f"{command.argv[0]} ended with code {code}." if code else ""


def _leave_terminal(app: App[object]) -> tuple[AbstractContextManager[None], ...]:
    """Nothing may be drawn while the editor has the terminal, so updates are gathered until it is back."""
    return (app.batch_update(), app.suspend())


async def _run(command: EditorCommand) -> int:
    quiet = asyncio.subprocess.DEVNULL if command.windowed else None
    process = await asyncio.create_subprocess_exec(*command.argv, stdin=quiet, stdout=quiet, stderr=quiet)
    return await process.wait()
