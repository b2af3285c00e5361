"""Play a recorded timeline through the live panel, as if it happened now.

    python scripts/play_recording.py tests/recordings/kubernetes-1.34.2/crash.jsonl --from 15

Quit with Ctrl+Q. For looking at the panel without a cluster, and at what a learner's recording shows.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

from textual.app import App, ComposeResult

from tutor.core.pictures.drawing import ASCII
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Entry, Timeline
from tutor.core.timeline_lines import from_line
from tutor.lesson.view import Connection, ConnectionView, LessonView, Traffic
from tutor.ui.live.panel import LivePanel
from tutor.ui.theme import THEMES

LOOK = 0.1


class Player(App[None]):
    def __init__(self, entries: list[Entry], services: list[dict[str, object]], options: argparse.Namespace) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[1 if options.light else 0].name
        self._speed = options.speed
        first = min(entry.at for entry in entries if entry.at > entries[-1].at - 600)
        self._rest = sorted(entries, key=lambda entry: entry.at)
        self._begin = max(first, next(e.at for e in self._rest if type(e).__name__ == "Answered")) + options.begin
        self._started = time.monotonic()
        self._timeline = Timeline()
        urls = {"gateway": "http://192.168.49.2:31317"} if services else {}
        listed = ClusterSnapshot("default", self._begin).with_kind("Service", services, self._begin)
        connection = ConnectionView(Connection.CONNECTED, "minikube", "default", "minikube")
        self._view = LessonView(
            (), {}, "", connection, "", snapshot=listed, service_urls=urls, traffic=Traffic(True, "nodeport")
        )
        self._glyphs = ASCII if options.ascii else None

    def now(self) -> float:
        return self._begin + (time.monotonic() - self._started) * self._speed

    def compose(self) -> ComposeResult:
        yield LivePanel(clock=self.now, glyphs=self._glyphs)

    def on_mount(self) -> None:
        self.query_one(LivePanel).focus()
        self.set_interval(LOOK, self._step)
        self._step()

    def _step(self) -> None:
        now = self.now()
        while self._rest and self._rest[0].at <= now:
            self._timeline.append(self._rest.pop(0))
        self._view = replace(self._view, version=self._view.version + 1)
        self.query_one(LivePanel).show(self._view, self._timeline, now)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument(
        "--from", dest="begin", type=float, default=0.0, help="seconds after the recording's first call"
    )
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    entries = [entry for line in options.recording.read_text().splitlines() if (entry := from_line(line)) is not None]
    beside = options.recording.with_name("services.json")
    services = json.loads(beside.read_text()) if beside.exists() else []
    Player(entries, services, options).run()


if __name__ == "__main__":
    main()
