"""Whatever moment and window of a recording: what the summary claims holds, by another reckoning than its own.

Each recording is looked at as it is, and with calls that failed at random, so that all states of the pods meet errors.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import cycle

import pytest

from tests.recorded import NAMES, entries_of
from tutor.core.calls import calls
from tutor.core.pictures.draw_lanes import LanePicture, lane_picture
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lane_words import Disturbance, disturbances
from tutor.core.pictures.lanes import ZOOMS
from tutor.core.pictures.probes import has_readiness_probe
from tutor.core.timeline import Answered, EndpointsChanged, Entry, PodChanged, Timeline

WIDTHS = (40, 75, 120)
KINDS = ("http-500", "timeout", "refused", "unreachable", "no-endpoints", "login")
PROBED = {"user-deployment-765c9c997b": True, "user-deployment-5fc9f7f6b9": False, "user-deployment-8486bc5c5d": False}
"""ReplicaSet of the recordings → whether its template has a readinessProbe; as its manifests had."""


def spoiled(name: str, seed: int) -> list[Entry]:
    """The recording with seed 0; else with runs of calls that failed, of any kind."""
    entries = entries_of(name)
    chance, failing, kind = random.Random(f"{name} {seed}"), False, ""
    if not seed:
        return entries
    for index, entry in enumerate(entries):
        if isinstance(entry, Answered):
            if chance.random() < 0.15:
                failing, kind = not failing, chance.choice(KINDS)
            if failing:
                took = 3.0 if kind == "timeout" else entry.latency
                entries[index] = replace(entry, version="", error=kind, latency=took, pod_started="")
    return entries


def user_pods(entries: list[Entry], at: float) -> dict[str, PodChanged]:
    """By the newest entry of each."""
    found = {
        e.uid: e for e in entries if isinstance(e, PodChanged) and e.deployment == "user-deployment" and e.at <= at
    }
    return {uid: pod for uid, pod in found.items() if not pod.gone}


def ready(pod: PodChanged) -> bool:
    return pod.ready and not pod.terminating


def always_ready(entries: list[Entry], start: float, end: float) -> set[str]:
    """UIDs."""
    moments = [start, *(e.at for e in entries if isinstance(e, PodChanged) and start < e.at <= end)]
    sets = [{uid for uid, pod in user_pods(entries, at).items() if ready(pod)} for at in moments]
    return set.intersection(*sets)


def gateway_ready_all_along(entries: list[Entry], start: float, end: float) -> bool:
    states = [e for e in entries if isinstance(e, EndpointsChanged) and e.service == "gateway" and e.at <= end]
    before = [state for state in states if state.at <= start][-1:]
    return bool(before) and all(state.ready for state in [*before, *(s for s in states if s.at > start)])


def started_without_probe(entries: list[Entry], start: float, end: float) -> bool:
    """Whether a pod without a readinessProbe was ready at some moment in [start, end]."""
    moments = [start, *(e.at for e in entries if isinstance(e, PodChanged) and start < e.at <= end)]
    return any(ready(pod) and not PROBED[pod.replica_set] for at in moments for pod in user_pods(entries, at).values())


def last_of(timeline: Timeline, picture: LanePicture) -> tuple[Disturbance, float]:
    """Whole, wherever the window begins."""
    last = disturbances(calls(timeline, 0.0, min(picture.axis.end, picture.now)))[-1]
    return last, picture.now if last.end is None else last.end


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", NAMES)
def test_the_summary_claims_nothing_that_was_not_so(name: str, seed: int) -> None:
    entries = spoiled(name, seed)
    timeline, histories = Timeline(entries), Histories()
    histories.update(timeline)
    zooms, widths, chance = cycle(ZOOMS), cycle(WIDTHS), random.Random(seed)
    now, claimed = next(e.at for e in entries if isinstance(e, Answered)) - 3, 0
    while now < entries[-1].at + 10:
        picture = lane_picture(timeline, histories, now, next(zooms), next(widths))
        now += chance.uniform(0.2, 1.5)
        said = picture.summary.text
        failed = sum(sum(cell.errors.values()) for cell in picture.traffic.cells if cell)
        if said.startswith("Since ") or not failed:
            assert said.startswith(("Since ", "No call", "0 errors"))
            continue
        claimed += 1
        last, end = last_of(timeline, picture)
        counts_are_those_of_the_calls(said, failed, len(last.failed))
        if always_ready(entries, last.start, end):
            assert "while no pod was ready" not in said
            assert "no pod of user" not in said
        if not started_without_probe(entries, last.start, end):
            assert "while a pod counted as ready" not in said
        for tail in re.findall(r"(?:\. |and )…(\w+)(?= and …| stayed ready)", said):
            there = [pod.uid for pod in user_pods(entries, picture.now).values() if pod.name.endswith(tail)]
            assert set(there) & always_ready(entries, last.start, end)
        if gateway_ready_all_along(entries, last.start - 10, end + 10):
            assert "gateway" not in said
        assert "…" not in said or any(f"…{pod.name[-5:]}" in said for pod in user_pods(entries, picture.now).values())
    assert claimed or (not seed and name in ("image-that-is-not-there", "link-lost", "rolling-update-with-readiness"))


def counts_are_those_of_the_calls(said: str, failed: int, last: int) -> None:
    """The errors of the last disturbance, by kinds and by causes, and those of the window: `last` and `failed`."""
    told = re.match(r"(\d+) errors? \(([^)]*)\)( of \d+ calls)? (?:in [\d.]+ s|just now)([,:;].*)", said)
    assert told, said
    count, kinds, rest = int(told[1]), told[2], told[4]
    assert sum(int(number) for number in re.findall(r"(\d+) x ", kinds)) == count
    whole = re.search(r"(\d+) errors in this window\.$", said)
    assert count == last
    assert (int(whole[1]) == failed > count) if whole else count >= failed
    if rest.startswith(":"):
        causes = re.findall(r"[:;] (\d+) (?=while|just|for which)", rest)
        assert len(causes) > 1
        assert sum(int(number) for number in causes) == count


@pytest.mark.parametrize("name", NAMES)
def test_the_probe_of_every_pod_is_told_as_it_was_or_not_at_all(name: str) -> None:
    histories = Histories()
    histories.update(Timeline(entries_of(name)))
    pods = [h.last for h in histories.pods.values() if h.last.replica_set in PROBED]
    told = {pod.name: has_readiness_probe(histories, pod) for pod in pods}
    assert all(probe in (None, PROBED[pod.replica_set]) for pod in pods for probe in [told[pod.name]])
    assert set(told.values()) - {None}
