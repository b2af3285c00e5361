"""The practice cluster as the default: what starts it where no other cluster runs.

The one bridge to `tutor.practice`.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor.lesson.settings import Settings


def practice_starter(settings: Settings) -> Callable[[], str] | None:
    """A function that starts the practice cluster and returns "" or why not; None where another one was named."""
    if settings.context is not None:
        return None

    def start() -> str:
        from tutor.content.state import state_root
        from tutor.practice import life

        try:
            life.start(state_root() / "practice")
        except life.PracticeError as error:
            return str(error)
        return ""

    return start
