"""The picture of the README: the app at 160x48, in the middle of the step on readiness.

    python scripts/picture_screen.py [--context NAME | --practice] [--output docs/tutor.svg]

The real app on a real cluster (the practice cluster, unless a context is named): the first five steps are played in a
namespace of their own, which is removed afterwards; then a mistake is made in the learner's file.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tutor.core.timeline import Answered
from tutor.kube.times import SystemClock
from tutor.lesson.demo import Demo
from tutor.lesson.demo_room import Room, demo_room
from tutor.lesson.problem import Problem
from tutor.lesson.settings import Settings
from tutor.ui.app import TutorApp

SIZE = (160, 48)
NAMESPACE = "marketplace"
STEP = "readiness"
FILE = "kube/user/deployment.yaml"
MISTAKE = ("path: /user/internal/version", "path: /user/internal/versions")
BEFORE, AFTER = 28.0, 10.0
"""Seconds of answers before and after the rolling update that the picture shows."""


async def main(options: argparse.Namespace) -> int:
    settings = Settings(context=options.context, practice=options.context is None, namespace=NAMESPACE)
    with tempfile.TemporaryDirectory(prefix="homics-picture-") as folder:
        async with demo_room(settings, Path(folder), SystemClock()) as room:
            app = TutorApp(room.lesson)
            async with app.run_test(size=SIZE, notifications=False) as pilot:
                picture = await play(room, pilot)
    if picture:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(picture, encoding="utf-8")
        print(f"{options.output} was written.")
    return 0 if picture else 1


async def play(room: Room, pilot: Pilot[None]) -> str:
    """The screen as SVG; empty where a step did not pass."""
    await pilot.press("escape", "escape")
    steps = room.session.course.steps
    number = next(index for index, step in enumerate(steps) if step.slug == STEP)
    demo = Demo(room, SystemClock())
    for part in (steps[: number - 1], steps[number - 1 : number]):
        async for line in demo.play(part):
            print(f"{line.at:6.1f} s  {line.what:<6} {line.step:<18} {line.text.splitlines()[0]}")
            if line.what == "failed":
                return ""
        await answers(room, BEFORE if part[-1] is not steps[number - 1] else AFTER)
    await room.lesson.go_to(STEP)
    text = room.session.course.solution(STEP)[FILE].read_text(encoding="utf-8")
    room.session.workspace.path(FILE).write_text(text.replace(*MISTAKE), encoding="utf-8")
    await until(lambda: any(finding.file == FILE and finding.line for finding in room.lesson.view.findings))
    await pilot.press("f")
    await pilot.pause()
    return pilot.app.export_screenshot(title="homics-tutor", simplify=True)


async def answers(room: Room, seconds: float) -> None:
    """Wait until there are answers of so many more seconds."""
    first = room.lesson.now()
    await until(lambda: bool(room.lesson.timeline.of(Answered, first + seconds)))


async def until(condition: Callable[[], bool]) -> None:
    """Raises: `TimeoutError` after two minutes."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110 (there is no event for it)
            await asyncio.sleep(0.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--context", help="a context of the kubeconfig; without one the practice cluster is used")
    parser.add_argument("--output", type=Path, default=Path(__file__).resolve().parent.parent / "docs" / "tutor.svg")
    try:
        sys.exit(asyncio.run(main(parser.parse_args())))
    except Problem as problem:
        sys.exit(f"picture: {problem}")
