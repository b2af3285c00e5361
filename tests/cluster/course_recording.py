"""The seven steps as a real Kubernetes 1.34.2 sent them: raw objects of every list and watch event, and the answers of
the version poll, with the times at which they were read. `managedFields` were taken out.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor.cluster.news import Changed, Denied, LinkLost, LinkRestored, Listed, Met, News
from tutor.cluster.recorder import Recorder, snapshot_after
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Answered, Entry, Timeline
from tutor.core.timeline_lines import from_line

FILE = Path(__file__).parent / "recorded" / "course-v1.34.2.jsonl.gz"
NEWS: dict[str, Callable[..., News]] = {
    "Listed": lambda kind, objects, at: Listed(kind, tuple(objects), at),
    "Changed": Changed,
    "Met": Met,
    "LinkRestored": LinkRestored,
    "LinkLost": LinkLost,
    "Denied": Denied,
}
Told = News | Answered


@lru_cache
def recorded() -> tuple[tuple[Told, ...], dict[str, float]]:
    """What was told, in order, and slug → when its step began ("end": when all was over)."""
    told: list[Told] = []
    begun: dict[str, float] = {}
    for line in gzip.decompress(FILE.read_bytes()).splitlines():
        data: dict[str, Any] = json.loads(line)
        kind = data.pop("news")
        if kind == "Step":
            begun[data["slug"]] = data["at"]
        elif kind == "Answered":
            answered = from_line(json.dumps(data["line"]))
            assert isinstance(answered, Answered)
            told.append(answered)
        else:
            told.append(NEWS[kind](**data))
    return tuple(told), begun


def replay(told: Iterable[Told], until: float = float("inf")) -> tuple[Timeline, ClusterSnapshot]:
    """The timeline and the snapshot that come of it, up to a moment."""
    recorder, timeline, snapshot = Recorder(), Timeline(), ClusterSnapshot("homics-record", 0.0)
    for news in told:
        if news.at > until:
            continue
        entries: list[Entry] = [news] if isinstance(news, Answered) else recorder.take(news)
        for entry in entries:
            timeline.append(entry)
        if not isinstance(news, Answered):
            snapshot = snapshot_after(snapshot, news)
    return timeline, snapshot


def unseen(told: Iterable[Told], start: float, end: float, gap: Iterable[Told] = ()) -> list[Told]:
    """The same with nobody looking between two moments: what changed meanwhile is found in lists at the end."""
    before: list[Told] = []
    after: list[Told] = []
    snapshot = ClusterSnapshot("homics-record", 0.0)
    for news in told:
        if not isinstance(news, Answered) and news.at <= end:
            snapshot = snapshot_after(snapshot, news)
        if news.at < start:
            before.append(news)
        elif news.at > end:
            after.append(news)
    lists: list[Told] = [Listed(kind, snapshot.list(kind), end) for kind in sorted(snapshot.complete)]
    return [*before, *gap, *lists, *after]
