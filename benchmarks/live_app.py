"""The whole tutor, with the live view on the screen, for a benchmark that looks at what it writes to its terminal.

    python -m benchmarks.live_app NAMESPACE RESULT

At the end (SIGTERM) it writes to RESULT, as JSON, when its timeline got which restart count: count → Unix seconds.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from textual.app import App

from tutor.core.timeline import PodChanged
from tutor.lesson.opening import open_lesson
from tutor.lesson.settings import Settings
from tutor.lesson.view import LessonPort
from tutor.ui.live.screen import LiveScreen
from tutor.ui.theme import DARK


class LiveApp(App[None]):
    def __init__(self, lesson: LessonPort) -> None:
        super().__init__()
        self.lesson = lesson
        self.register_theme(DARK)
        self.theme = DARK.name

    def on_mount(self) -> None:
        self.run_worker(self.lesson.run())
        self.push_screen(LiveScreen(self.lesson))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)


def main() -> None:
    namespace, result = sys.argv[1], Path(sys.argv[2])
    workspace = result.parent / "workspace"
    workspace.mkdir(exist_ok=True)
    lesson = open_lesson(Settings(workspace=workspace, namespace=namespace))
    LiveApp(lesson).run()
    seen: dict[int, float] = {}
    for entry in lesson.timeline.of(PodChanged):
        seen.setdefault(entry.restarts, entry.at)
    result.write_text(json.dumps(seen))


if __name__ == "__main__":
    main()
