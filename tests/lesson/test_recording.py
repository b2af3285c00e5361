"""One timeline for several processes: one writes, the others read along. Evidence of another cluster is left out."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tutor.cluster.api import Target
from tutor.content.state import WorkspaceState
from tutor.content.timeline_file import TimelineFile
from tutor.core.evidence import gaps, restarts_since
from tutor.core.timeline import (
    Answered,
    CommandRun,
    Entry,
    EventSeen,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    StepMoved,
)
from tutor.lesson.recording import Part, Recording

MINIKUBE = Target("minikube", "minikube", "https://192.168.49.2:8443", "default", "/k")
PRACTICE = Target("homics-practice", "practice", "https://127.0.0.1:17443", "default", "/p")


@pytest.fixture
def state(tmp_path: Path) -> WorkspaceState:
    return WorkspaceState(tmp_path / "workspace")


def pod(at: float, restarts: int = 0, *, ready: bool = True, uid: str = "u1", **more: object) -> PodChanged:
    return PodChanged(
        at,
        uid,
        f"user-{uid}",
        "user-deployment",
        "user-deployment-abc",
        "Running",
        "Running",
        ready,
        int(ready),
        1,
        restarts,
        "homics/user-activity:1.0.0",
        90.0,
        **more,  # type: ignore[arg-type]
    )


def entries(recording: Recording, *kinds: type[Entry]) -> list[Entry]:
    return [entry for entry in recording if not kinds or isinstance(entry, kinds)]


def test_what_was_recorded_is_there_after_a_restart(state: WorkspaceState) -> None:
    first = Recording(state)
    first.begin(MINIKUBE, "w", 100.0)
    first.append(pod(101.0))
    first.append(Answered(102.0, "1.0.0"))
    first.close(103.0)
    second = Recording(state)
    second.begin(MINIKUBE, "w", 200.0)
    assert [type(entry).__name__ for entry in second] == [
        "RecordingBegan",
        "PodChanged",
        "Answered",
        "RecordingEnded",
        "RecordingBegan",
    ]
    second.append(pod(201.0, 1))
    (restart,) = restarts_since(second, "user-deployment", 150.0)
    assert (restart.before, restart.after, restart.was_ready) == (0, 1, True), "the baseline is of before the restart"
    second.close(202.0)


def test_nothing_is_recorded_before_a_cluster_answers(state: WorkspaceState) -> None:
    recording = Recording(state)
    recording.append(pod(100.0))
    assert len(recording) == 0
    recording.append(StepMoved(100.0, "crash", "begun"))
    assert entries(recording) == [StepMoved(100.0, "crash", "begun")], "but the learner's own steps are"
    recording.close(101.0)
    assert TimelineFile(state.timeline).load() == [StepMoved(100.0, "crash", "begun")]


def test_the_second_process_reads_what_the_first_one_writes(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    heard: list[Entry] = []
    reader.on_append = heard.append
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.5)
    assert (writer.part, reader.part) == (Part.WRITING, Part.FOLLOWING)
    writer.append(pod(101.0))
    reader.append(pod(101.1))  # it sees the same, a little later
    writer.tick(101.2)
    reader.tick(101.3)
    assert entries(reader, PodChanged) == [pod(101.0)]
    assert heard[-1] == pod(101.0)
    reader.append(CommandRun(102.0, "kubectl apply"))
    reader.tick(102.2)
    assert entries(reader, CommandRun), "what a process does itself is its own to tell"
    for recording in (reader, writer):
        recording.close(103.0)
    assert CommandRun(102.0, "kubectl apply") in TimelineFile(state.timeline).load()


async def test_a_writer_has_something_to_do_when_something_waits_and_a_reader_always(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 101.0)
    await asyncio.wait_for(reader.due(), 20)
    due = asyncio.ensure_future(writer.due())
    await asyncio.sleep(0)
    assert not due.done(), "everything is written"
    writer.append(pod(102.0))
    await asyncio.wait_for(due, 20)
    await asyncio.wait_for(writer.due(), 20)
    writer.tick(102.2)
    due = asyncio.ensure_future(writer.due())
    await asyncio.sleep(0)
    assert not due.done()
    reader.tick(102.3)
    assert entries(reader, PodChanged) == [pod(102.0)]
    writer.close(103.0)
    await asyncio.wait_for(due, 20)
    reader.close(104.0)


def test_a_reader_takes_over_where_the_writer_ends(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    looked: list[float] = []
    reader.on_recording = lambda: looked.append(1.0)
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.5)
    writer.append(pod(101.0))
    writer.close(102.0)
    reader.tick(102.5)
    assert reader.part is Part.WRITING
    assert looked == [1.0], "its own first look is taken then"
    reader.append(pod(103.0, 1))
    reader.close(104.0)
    assert [type(entry).__name__ for entry in TimelineFile(state.timeline).load()] == [
        "RecordingBegan",
        "PodChanged",
        "RecordingEnded",
        "RecordingBegan",
        "PodChanged",
        "RecordingEnded",
    ]


def test_a_reader_of_another_cluster_keeps_its_own_record(state: WorkspaceState) -> None:
    writer, other = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    writer.append(pod(101.0))
    writer.tick(101.1)
    other.begin(PRACTICE, "p", 102.0)
    assert other.part is Part.APART
    assert "another cluster" in other.problem
    other.append(pod(103.0, uid="own"))
    other.tick(103.5)
    writer.append(pod(104.0, 1))
    writer.tick(104.1)
    other.tick(104.2)
    assert [entry.uid for entry in other.of(PodChanged)] == ["own"]
    assert [entry.uid for entry in writer.of(PodChanged)] == ["u1", "u1"]
    other.close(105.0)
    writer.close(105.0)


def test_evidence_of_another_cluster_leaves_the_memory_and_stays_on_disk(state: WorkspaceState) -> None:
    first = Recording(state)
    first.begin(PRACTICE, "p", 100.0)
    first.append(StepMoved(100.5, "crash", "begun"))
    first.append(pod(101.0))
    first.close(102.0)
    second = Recording(state)
    assert len(second.of(PodChanged)) == 1, "before a cluster is known, everything is shown"
    second.begin(MINIKUBE, "w", 200.0)
    assert second.of(PodChanged) == []
    assert second.of(StepMoved), "what the learner did is not of a cluster"
    second.close(201.0)
    assert pod(101.0) in TimelineFile(state.timeline).load()


@pytest.mark.parametrize(
    ("target", "world", "kept"),
    [
        (MINIKUBE, "w", True),
        (MINIKUBE, "", True),  # the namespace may not be read any more
        (MINIKUBE, "another", False),  # a cluster or namespace made anew
        (Target("minikube", "minikube", "https://127.0.0.1:50001", "default", "/k"), "w", True),  # another port
        (Target("minikube", "minikube", "https://127.0.0.1:50001", "default", "/k"), "", False),
        (Target("minikube", "minikube", MINIKUBE.server, "other", "/k"), "w2", False),
    ],
)
def test_what_counts_as_the_same_world(state: WorkspaceState, target: Target, world: str, kept: bool) -> None:
    first = Recording(state)
    first.begin(MINIKUBE, "w", 100.0)
    first.append(pod(101.0))
    first.close(102.0)
    second = Recording(state)
    second.begin(target, world, 200.0)
    assert bool(second.of(PodChanged)) is kept
    second.close(201.0)


def test_a_namespace_made_anew_begins_a_new_record_for_both(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.1)
    writer.append(pod(101.0))
    writer.begin(MINIKUBE, "new", 102.0)
    reader.tick(102.1)  # reads of the new world before its own cluster has told
    assert (reader.part, reader.problem) == (Part.FOLLOWING, ""), "that is no other cluster"
    reader.begin(MINIKUBE, "new", 102.2)
    reader.tick(102.3)
    assert reader.part is Part.FOLLOWING
    assert reader.of(PodChanged) == writer.of(PodChanged) == []
    writer.append(pod(103.0, uid="u2"))
    writer.tick(103.1)
    reader.tick(103.2)
    assert [entry.uid for entry in reader.of(PodChanged)] == ["u2"]
    reader.close(104.0)
    writer.close(104.0)


def test_a_reader_that_knows_of_a_namespace_made_anew_before_the_writer_does_not_speak_of_another_cluster(
    state: WorkspaceState,
) -> None:
    writer, reader = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.1)
    reader.begin(MINIKUBE, "new", 102.0)
    assert reader.records, "until the writer knows it, too"
    assert reader.problem == ""
    writer.begin(MINIKUBE, "new", 103.0)
    reader.tick(103.1)
    assert reader.part is Part.FOLLOWING
    reader.begin(MINIKUBE, "newer", 104.0)
    reader.close(104.1)
    assert "not recorded" in reader.summary
    writer.close(105.0)


def test_a_writer_that_was_killed_leaves_a_gap(state: WorkspaceState) -> None:
    killed = Recording(state)
    killed.begin(MINIKUBE, "w", 100.0)
    killed.append(Answered(105.0, "1.0.0"))
    killed.tick(105.1)
    assert killed._lock is not None
    killed._lock.release()  # as the system does for a process that is gone
    killed._file._close()
    after = Recording(state)
    after.begin(MINIKUBE, "w", 150.0)
    assert [(gap.start, gap.end, gap.of) for gap in gaps(after)] == [(105.0, 150.0, "tutor")]
    after.close(151.0)


def test_a_folder_that_cannot_be_written_leaves_the_record_in_memory(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    recording = Recording(WorkspaceState(blocker / "below"))
    recording.begin(MINIKUBE, "w", 100.0)
    recording.append(pod(101.0))
    recording.tick(102.0)
    assert recording.part is Part.APART
    assert len(recording.of(PodChanged)) == 1
    assert "cannot be made (Not a directory), so nothing can be remembered." in recording.problem
    assert "HOMICS_STATE_DIR" in recording.problem
    recording.close(103.0)
    assert recording.summary.startswith("What was seen is not recorded, and `homics-tutor check` cannot read it. /")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="who may do everything can write there")
def test_a_folder_that_is_read_only_is_said(state: WorkspaceState) -> None:
    state.create()
    state.folder.chmod(0o500)
    try:
        recording = Recording(state)
        recording.begin(MINIKUBE, "w", 100.0)
        assert f"{state.folder} cannot be written (Permission denied). Set HOMICS_STATE_DIR" in recording.problem
        recording.close(103.0)
    finally:
        state.folder.chmod(0o700)


def test_a_lock_that_cannot_be_made_is_said_and_tried_again(state: WorkspaceState) -> None:
    """By a folder in its place, which nobody can open as a file, whoever it is."""
    lock = state.folder / "recording.lock"
    lock.mkdir(parents=True)
    recording = Recording(state)
    recording.begin(MINIKUBE, "w", 100.0)
    recording.append(pod(101.0))
    assert f"What happens is not being recorded: {state.folder} cannot be written" in recording.problem
    assert "Set HOMICS_STATE_DIR to a folder that you may write to." in recording.problem
    lock.rmdir()
    recording.tick(102.0)
    assert (recording.part, recording.problem) == (Part.WRITING, "")
    recording.append(pod(103.0, 1))
    recording.close(104.0)
    assert recording.summary == "What was seen is recorded; `homics-tutor check` reads it."
    again = Recording(state)
    again.begin(MINIKUBE, "w", 200.0)
    assert [(r.before, r.after) for r in restarts_since(again, "user-deployment", 100.0)] == [(0, 1)], (
        "the state is there"
    )
    again.close(201.0)


def test_a_timeline_that_cannot_be_written_is_said_at_the_end(state: WorkspaceState) -> None:
    state.timeline.mkdir(parents=True)
    recording = Recording(state)
    recording.begin(MINIKUBE, "w", 100.0)
    recording.close(101.0)
    assert "What was seen is not recorded" in recording.summary
    assert str(state.timeline) in recording.summary


def test_who_saw_no_cluster_says_so_at_the_end(state: WorkspaceState) -> None:
    recording = Recording(state)
    recording.close(101.0)
    assert recording.summary == "Nothing was seen: no cluster answered."


def test_one_that_was_apart_and_may_write_now_writes_of_its_own_world(state: WorkspaceState) -> None:
    writer, other = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    other.begin(PRACTICE, "p", 102.0)
    other.append(pod(103.0, uid="own"))
    writer.close(104.0)
    other.tick(105.0)
    assert other.part is Part.WRITING
    other.append(pod(106.0, 1, uid="own"))
    other.close(107.0)
    again = Recording(state)
    again.begin(PRACTICE, "p", 200.0)
    assert [(r.before, r.after) for r in restarts_since(again, "user-deployment", 100.0)] == [(0, 1)]
    again.close(201.0)
    elsewhere = Recording(state)
    elsewhere.begin(MINIKUBE, "w", 300.0)
    assert elsewhere.of(PodChanged) == [], "nothing of it stands in the record of the other one"
    elsewhere.close(301.0)


def test_an_event_that_is_older_than_the_recording_is_known_after_a_restart(state: WorkspaceState) -> None:
    """It was found in the first list, with the time at which the cluster made it."""
    old = EventSeen(50.0, "Pod", "user-x", "Warning", "BackOff", "Back-off")
    foreign = EventSeen(40.0, "Pod", "user-y", "Warning", "BackOff", "Back-off")
    first = Recording(state)
    first.begin(PRACTICE, "p", 80.0)
    first.append(foreign)
    first.close(90.0)
    second = Recording(state)
    second.begin(MINIKUBE, "w", 100.0)
    second.append(old)
    reader = Recording(state)
    reader.begin(MINIKUBE, "w", 101.0)
    second.tick(101.5)
    reader.tick(102.0)
    second.close(103.0)
    reader.tick(104.0)
    assert reader.of(EventSeen) == [old], "who takes over knows it"
    reader.close(105.0)
    third = Recording(state)
    third.begin(MINIKUBE, "w", 110.0)
    assert third.of(EventSeen) == [old], "of this world it is the only one"
    third.close(111.0)


def test_what_is_written_between_the_opening_and_the_first_answer_is_read(state: WorkspaceState) -> None:
    writer = Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    reader = Recording(state)
    writer.append(pod(101.0))
    writer.tick(101.5)
    reader.begin(MINIKUBE, "w", 102.0)
    assert reader.of(PodChanged) == [pod(101.0)]
    late = Recording(state)
    writer.append(pod(103.0, 1))
    writer.close(104.0)
    late.begin(MINIKUBE, "w", 105.0)
    assert late.part is Part.WRITING
    assert late.of(PodChanged) == [pod(101.0), pod(103.0, 1)]
    late.close(106.0)
    reader.close(106.0)


def test_a_reader_hears_of_a_new_world_from_its_own_cluster_first(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.1)
    writer.begin(MINIKUBE, "new", 102.0)
    writer.append(pod(103.0, uid="u2"))
    writer.tick(103.1)
    reader.begin(MINIKUBE, "new", 103.2)
    assert [entry.uid for entry in reader.of(PodChanged)] == ["u2"]
    writer.begin(PRACTICE, "p", 104.0)
    writer.append(pod(105.0, uid="u3"))
    writer.tick(105.1)
    reader.tick(105.2)
    assert reader.part is Part.APART
    assert [entry.uid for entry in reader.of(PodChanged)] == ["u2"], "what is of another one is not taken in"
    reader.close(106.0)
    writer.close(106.0)


def test_the_baseline_survives_the_turning_of_files(state: WorkspaceState) -> None:
    """A pod that changed hours ago and is crashed now: its entry is long out of both files by its age."""
    recording = Recording(state)
    recording._file._half = 4_000
    recording.begin(MINIKUBE, "w", 100.0)
    recording.append(pod(101.0))
    for second in range(2_000):
        recording.append(Answered(110.0 + second, "1.0.0"))
        if second % 50 == 0:
            recording.tick(0.0)
    recording.close(3_000.0)
    assert state.timeline.stat().st_size <= 4_000
    again = Recording(state)
    again.begin(MINIKUBE, "w", 4_000.0)
    assert len(again.of(PodChanged)) >= 1
    again.append(pod(4_001.0, 1))
    assert [(r.before, r.after) for r in restarts_since(again, "user-deployment", 3_500.0)] == [(0, 1)]
    assert not [gap for gap in gaps(again) if gap.end is not None and gap.end < 3_000]
    again.close(4_002.0)


def test_a_reader_follows_over_the_turning_of_files(state: WorkspaceState) -> None:
    writer, reader = Recording(state), Recording(state)
    writer._file._half = 3_000
    writer.begin(MINIKUBE, "w", 100.0)
    reader.begin(MINIKUBE, "w", 100.1)
    for second in range(300):
        writer.append(Answered(110.0 + second, "1.0.0"))
        if second % 7 == 0:
            writer.tick(0.0)
            reader.tick(0.0)
    writer.tick(0.0)
    reader.tick(0.0)
    assert [entry.at for entry in reader.of(Answered)] == [110.0 + second for second in range(300)]
    reader.close(500.0)
    writer.close(500.0)


def test_the_memory_is_bounded_and_keeps_the_last_state_of_everything(state: WorkspaceState) -> None:
    recording = Recording(state)
    recording.begin(MINIKUBE, "w", 100.0)
    recording.append(pod(101.0))
    for second in range(recording.LIMIT + 10):
        Recording.__mro__[1].append(recording, Answered(110.0 + second, "1.0.0"))
    assert len(recording) <= recording.LIMIT
    assert recording.of(PodChanged) == [pod(101.0)]
    assert len(recording.of(RecordingBegan)) == 1
    assert not recording.of(RecordingEnded)
    recording.close(0.0)
