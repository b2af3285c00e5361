"""A tutor that did not run for a while, as a laptop that slept: what happened meanwhile nobody saw."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.cluster.fake_api import FakeApi, Object
from tests.cluster.waiting import until
from tests.fakes import FakeClock
from tutor.cluster.api import Target
from tutor.cluster.client import open_cluster
from tutor.content.state import WorkspaceState
from tutor.content.timeline_file import TimelineFile
from tutor.core.evidence import Gap, gaps, restarts_since
from tutor.core.pictures.lanes import away_cells, axis_until
from tutor.core.timeline import PodChanged, RecordingBegan, RecordingEnded
from tutor.lesson.following import Following, ticking
from tutor.lesson.recording import Recording

NIGHT = 165.0


class Tutor:
    """What one process does for the live view: it follows and records."""

    def __init__(self, live: Following, clock: FakeClock) -> None:
        self.live, self.recording, self.clock = live, live.timeline, clock
        self.work = [asyncio.create_task(work) for work in (live.run(), ticking(self.recording, clock))]

    async def end(self, *, in_order: bool = True) -> None:
        for task in self.work:
            task.cancel()
        ended = await asyncio.gather(*self.work, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
        await self.live.close()
        if in_order:
            self.recording.close(self.clock.now())

    @property
    def listed(self) -> bool:
        return self.live.complete


async def opened(api: FakeApi, folder: Path, clock: FakeClock) -> Tutor:
    target = Target("minikube", "minikube", api.url, api.namespace, str(api.kubeconfig(folder)))
    recording = Recording(WorkspaceState(folder / "workspace"))
    tutor = Tutor(Following(await open_cluster(target, clock), clock, recording), clock)
    await until(lambda: tutor.listed, clock)
    return tutor


def user_pod(api: FakeApi, *, restarts: int = 0, ready: bool = True) -> None:
    container: Object = {"name": "user", "ready": ready, "restartCount": restarts, "state": {"running": {}}}
    api.put(
        "Pod",
        "user-deployment-55d-abcde",
        metadata={
            "ownerReferences": [{"kind": "ReplicaSet", "name": "user-deployment-55d", "uid": "rs", "controller": True}],
            "labels": {"pod-template-hash": "55d"},
        },
        spec={"containers": [{"name": "user", "image": "homics/user-activity:1.0.0"}]},
        status={
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [container],
        },
    )


async def test_a_crash_during_a_sleep_is_found_in_a_gap_of_the_tutor(api: FakeApi, tmp_path: Path) -> None:
    clock = FakeClock()
    user_pod(api)
    tutor = await opened(api, tmp_path, clock)
    await clock.advance(10.0)
    slept_at = clock.now()
    clock.stop_for(NIGHT)
    user_pod(api, restarts=1, ready=False)
    user_pod(api, restarts=1)
    await until(lambda: len(tutor.recording.of(PodChanged)) == 2, clock)
    (restart,) = restarts_since(tutor.recording, "user-deployment", slept_at - 5.0)
    assert not restart.watched
    assert restart.not_ready_at is None, "nobody saw it down"
    (gap,) = gaps(tutor.recording)
    assert gap.of == "tutor"
    assert slept_at - 1.0 <= gap.start <= slept_at
    assert gap.end is not None
    assert slept_at + NIGHT <= gap.end <= restart.at
    away = away_cells([gap], axis_until(clock.now(), 5.0, 40), clock.now())
    assert abs(sum(away) - NIGHT / 5.0) <= 1, "the lane shows that nothing was seen"
    await clock.advance(5.0)
    user_pod(api, restarts=2)
    await until(lambda: len(tutor.recording.of(PodChanged)) == 3, clock)
    assert restarts_since(tutor.recording, "user-deployment", slept_at)[-1].watched, "from then on somebody looks"
    await tutor.end()
    again = TimelineFile(WorkspaceState(tmp_path / "workspace").timeline).load()
    kinds = [type(entry) for entry in again if isinstance(entry, RecordingBegan | RecordingEnded)]
    assert kinds == [RecordingBegan, RecordingEnded, RecordingBegan, RecordingEnded], "and it is on disk"


async def test_what_happens_after_the_clock_was_set_back_is_evidence_now_and_after_a_restart(
    api: FakeApi, tmp_path: Path
) -> None:
    """The hour in which times come a second time must not hide what happens in it."""
    clock = FakeClock()
    user_pod(api)
    tutor = await opened(api, tmp_path, clock)
    await clock.advance(10.0)
    clock.set_back(3_600.0)
    set_at = clock.now()
    await until(lambda: tutor.recording.of(RecordingBegan)[-1].at <= clock.now(), clock)
    await until(lambda: tutor.listed, clock)
    user_pod(api, ready=False)
    await until(lambda: not tutor.recording.of(PodChanged)[-1].ready, clock)
    user_pod(api, restarts=1)
    await until(lambda: tutor.recording.of(PodChanged)[-1].restarts, clock)
    (restart,) = restarts_since(tutor.recording, "user-deployment", set_at)
    assert restart.watched
    assert restart.not_ready_at is not None
    assert all(entry.at <= clock.now() for entry in tutor.recording)
    await tutor.end()
    again = await opened(api, tmp_path, clock)
    assert all(entry.at <= clock.now() for entry in again.recording), "on disk, what was dated ahead is still there"
    (restart,) = restarts_since(again.recording, "user-deployment", set_at)
    assert restart.watched
    await again.end()


async def test_a_clock_that_was_set_back_between_two_tutors(api: FakeApi, tmp_path: Path) -> None:
    clock = FakeClock()
    user_pod(api)
    await (await opened(api, tmp_path, clock)).end()
    clock.set_back(3_600.0)
    tutor = await opened(api, tmp_path, clock)
    began = clock.now()
    user_pod(api, restarts=1, ready=False)
    await until(lambda: tutor.recording.of(PodChanged)[-1].restarts, clock)
    assert len(restarts_since(tutor.recording, "user-deployment", began - 60.0)) == 1
    assert all(entry.at <= clock.now() for entry in tutor.recording)
    await tutor.end()


async def test_nothing_counts_as_listed_between_the_waking_and_the_first_lists(api: FakeApi, tmp_path: Path) -> None:
    clock = FakeClock()
    user_pod(api)
    tutor = await opened(api, tmp_path, clock)
    clock.stop_for(NIGHT)
    assert tutor.live._watcher.awake_since == clock.now()
    assert not tutor.live.complete
    assert tutor.live.snapshot.list("Pod"), "though what was seen last is still shown"
    await until(lambda: tutor.live.complete)
    await tutor.end()


async def test_a_link_that_stays_away_over_a_sleep_stays_a_gap(api: FakeApi, tmp_path: Path) -> None:
    clock = FakeClock()
    user_pod(api)
    tutor = await opened(api, tmp_path, clock)
    await api.stop()
    await until(lambda: tutor.live.lost, clock)
    await clock.advance(10.0)
    clock.stop_for(NIGHT)
    await clock.advance(20.0)
    assert gaps(tutor.recording)[-1] == Gap(clock.now() - 20.0, None)
    await api.start()
    await until(lambda: tutor.live.complete, clock)
    assert all(gap.end is not None for gap in gaps(tutor.recording))
    await tutor.end()


async def test_a_crash_while_the_link_is_lost_is_found_and_not_seen(api: FakeApi, tmp_path: Path) -> None:
    clock = FakeClock()
    user_pod(api)
    tutor = await opened(api, tmp_path, clock)
    await api.stop()
    await until(lambda: tutor.live.lost, clock)
    user_pod(api, restarts=1, ready=False)
    user_pod(api, restarts=1)
    await api.start()
    await until(lambda: len(tutor.recording.of(PodChanged)) >= 2, clock)
    (restart,) = restarts_since(tutor.recording, "user-deployment", 0.0)
    assert not restart.watched
    assert restart.not_ready_at is None
    await tutor.end()


async def test_one_that_reads_along_takes_over_with_what_it_lists_after_its_sleep(api: FakeApi, tmp_path: Path) -> None:
    """The one that recorded saw a restart and ended while the other one was stopped."""
    clock = FakeClock()
    user_pod(api)
    first = await opened(api, tmp_path, clock)
    second = await opened(api, tmp_path, clock)
    assert not second.recording.records, "it reads along"
    await clock.advance(2.0)
    second.recording.on_taking_over()
    clock.stop_for(2.0)
    user_pod(api, restarts=1)
    await until(lambda: len(first.recording.of(PodChanged)) == 2)
    first.recording.tick(clock.now())
    first.recording.close(clock.now())
    # As if `second` had been stopped since before the restart: its last look is of before.
    user_pod(api, restarts=0)
    await until(lambda: second.live.snapshot.list("Pod")[0]["status"]["containerStatuses"][0]["restartCount"] == 0)
    user_pod(api, restarts=1)
    clock.stop_for(NIGHT)
    second.recording.tick(clock.now())
    assert second.recording.records, "it took over"
    await until(lambda: second.live.complete, clock)
    assert [pod.restarts for pod in second.recording.of(PodChanged)] == [0, 1], "nothing old is told as new"
    await first.end(in_order=False)
    await second.end()
