"""The tutor's record of one namespace without a screen, for a benchmark that looks at when it got what.

    python -m benchmarks.headless_watch NAMESPACE RESULT

At the end (SIGTERM) it writes to RESULT, as JSON: restart count → Unix seconds at which its entry was in the timeline.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

from tutor.core.timeline import Entry, PodChanged
from tutor.kube.times import SystemClock
from tutor.lesson.connecting import Link
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings


async def watch(link: Link) -> dict[int, float]:
    seen: dict[int, float] = {}

    def note(entry: Entry) -> None:
        if isinstance(entry, PodChanged):
            seen.setdefault(entry.restarts, time.time())

    link.timeline.on_append = note
    work = asyncio.ensure_future(link.run(lambda: None))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    await asyncio.gather(work, return_exceptions=True)
    return seen


def main() -> None:
    namespace, result = sys.argv[1], Path(sys.argv[2])
    workspace = result.parent / "workspace"
    workspace.mkdir(exist_ok=True)
    link = Link(open_session(Settings(workspace=workspace, namespace=namespace)), SystemClock())
    result.write_text(json.dumps(asyncio.run(watch(link))))


if __name__ == "__main__":
    main()
