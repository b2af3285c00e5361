"""What becomes an entry of the timeline, and in which order."""

from __future__ import annotations

from typing import Any

from tutor.cluster.news import Denied, Listed
from tutor.cluster.recorder import Recorder, snapshot_after
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import EventSeen, Timeline


def event(name: str, reason: str, version: int) -> dict[str, Any]:
    return {
        "kind": "Event",
        "metadata": {"name": name, "uid": name, "resourceVersion": str(version)},
        "involvedObject": {"kind": "Pod", "name": "user-x"},
        "type": "Normal",
        "reason": reason,
        "message": reason,
        "count": 1,
        "lastTimestamp": "2026-01-02T03:04:05Z",
    }


def test_listed_events_of_one_second_are_told_as_they_were_written() -> None:
    listed = (
        event("a", "Started", 109),
        event("b", "Pulled", 98),
        event("c", "Scheduled", 7),
        event("d", "Created", 100),
    )
    timeline = Timeline()
    for entry in Recorder().take(Listed("Event", listed, 1_800_000_000.0)):
        timeline.append(entry)
    assert [seen.reason for seen in timeline.of(EventSeen)] == ["Scheduled", "Pulled", "Created", "Started"]


def test_a_flood_of_events_is_not_told_again_with_the_next_list() -> None:
    """Else each relist would push what was recorded of pods and answers out of a bounded recording."""
    recorder = Recorder()
    listed = tuple(event(f"e{number}", f"Flood{number}", number) for number in range(12_000))
    assert len(recorder.take(Listed("Event", listed, 1_800_000_000.0))) == 12_000
    assert recorder.take(Listed("Event", listed, 1_800_000_010.0)) == []


def test_a_kind_that_is_denied_after_a_while_does_not_count_as_listed_any_more() -> None:
    """Its objects are those of then: a check that needs them could not check."""
    pods = ({"kind": "Pod", "metadata": {"name": "a", "uid": "a"}},)
    snapshot = ClusterSnapshot("default", 0.0)
    for news in (Listed("Pod", pods, 1.0), Listed("Service", (), 1.0), Denied("Pod", "forbidden", 2.0)):
        snapshot = snapshot_after(snapshot, news)
    assert snapshot.complete == {"Service"}
    assert snapshot.list("Pod") == pods, "nothing blinks out"
    assert snapshot_after(snapshot, Listed("Pod", pods, 3.0)).complete == {"Pod", "Service"}
