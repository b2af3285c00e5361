"""The rows of the live view: kubectl's columns, the order, and how each pod stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import NAMES, end_of, raw_pods, timeline_of
from tutor.core.pictures.draw_rows import notes_of
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.pod_rows import STAYS, Condition, Row, block_of, pod_text, rows_at, without_lone_sets
from tutor.core.timeline import DeploymentChanged, Entry, PodChanged, RecordingBegan, ReplicaSetChanged, Timeline
from tutor.kube.podstatus import pod_row

NOW = 1_000.0
DEPLOYMENT = DeploymentChanged(NOW, "d1", "user", 1, 1, 1, 1, 1, 1, "homics/user-activity:1.0.0")
SET = ReplicaSetChanged(NOW, "r1", "user-5f", "user", 1, 1, "homics/user-activity:1.0.0", "1")
POD = PodChanged(
    NOW,
    "u1",
    "user-5f-abcde",
    "user",
    "user-5f",
    "Running",
    "Running",
    True,
    1,
    1,
    0,
    "i:1",
    NOW - 60,
    started=NOW - 59,
)


def rows(*entries: Entry, at: float = NOW + 1) -> list[Row]:
    histories = Histories()
    histories.update(Timeline(entries))
    return rows_at(histories, at)


def names(found: list[Row]) -> list[str]:
    return [row.state.name for row in found]


def test_a_pod_stands_below_its_replica_set_and_that_below_its_deployment() -> None:
    found = rows(POD, SET, DEPLOYMENT)
    assert [(row.depth, row.state.name) for row in found] == [(0, "user"), (1, "user-5f"), (2, "user-5f-abcde")]


def test_the_order_stays_whatever_changes() -> None:
    younger = replace(POD, uid="u2", name="user-5f-aaaaa", created=NOW - 10)
    other = replace(DEPLOYMENT, uid="d2", name="gateway")
    first = rows(DEPLOYMENT, SET, POD, younger, other)
    later = rows(DEPLOYMENT, SET, POD, younger, other, replace(POD, at=NOW + 5, ready=False, restarts=1), at=NOW + 6)
    assert names(first) == names(later) == ["gateway", "user", "user-5f", "user-5f-abcde", "user-5f-aaaaa"]


def test_replica_sets_stand_in_the_order_of_their_revisions() -> None:
    new = replace(SET, uid="r2", name="user-0a", revision="10")
    old = replace(SET, revision="9")
    assert names(rows(DEPLOYMENT, new, old)) == ["user", "user-5f", "user-0a"]


def test_an_old_replica_set_without_pods_is_left_out_but_not_at_once() -> None:
    old = replace(SET, at=NOW + 10, desired=0, ready=0)
    assert names(rows(DEPLOYMENT, SET, old, at=NOW + 12)) == ["user", "user-5f"]
    assert names(rows(DEPLOYMENT, SET, old, at=NOW + 10 + STAYS + 1)) == ["user"]


def test_a_pod_that_went_stays_a_moment_and_says_so() -> None:
    gone = replace(POD, at=NOW + 10, gone=True)
    row = rows(DEPLOYMENT, SET, POD, gone, at=NOW + 11)[-1]
    text = pod_text(row, NOW + 11)
    assert (text.status, text.condition) == ("(gone)", Condition.GONE)
    assert names(rows(DEPLOYMENT, SET, POD, gone, at=NOW + 10 + STAYS + 0.1)) == ["user", "user-5f"]
    assert pod_text(rows(DEPLOYMENT, SET, POD, gone, at=NOW + 5)[-1], NOW + 5).condition is Condition.READY


def test_pods_without_an_owner_come_last() -> None:
    alone = replace(POD, uid="u9", name="alone", deployment="", replica_set="")
    assert names(rows(alone, DEPLOYMENT, SET, POD))[-1] == "alone"


def test_what_another_cluster_had_is_not_there() -> None:
    first = RecordingBegan(NOW - 5, "minikube", "https://a", "default", "w1")
    other = replace(first, at=NOW + 2, world="w2")
    assert names(rows(first, DEPLOYMENT, SET, POD, at=NOW + 1)) == ["user", "user-5f", "user-5f-abcde"]
    assert names(rows(first, DEPLOYMENT, SET, POD, other, at=NOW + 3)) == []


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({}, Condition.READY),
        ({"ready": False}, Condition.NOT_READY),
        ({"ready": False, "started": None, "status": "ContainerCreating", "phase": "Pending"}, Condition.STARTING),
        ({"ready": False, "started": None, "status": "ImagePullBackOff", "phase": "Pending"}, Condition.STUCK),
        ({"ready": False, "started": None, "status": "Init:ErrImagePull", "phase": "Pending"}, Condition.STUCK),
        ({"ready": False, "started": None, "status": "Completed", "finished": NOW - 1}, Condition.RESTARTING),
        ({"ready": False, "started": None, "status": "CrashLoopBackOff", "finished": NOW - 1}, Condition.RESTARTING),
        ({"terminating": True}, Condition.TERMINATING),
        ({"terminating": True, "phase": "Failed", "status": "Error"}, Condition.TERMINATING),
        ({"ready": False, "phase": "Succeeded", "status": "Completed", "started": None}, Condition.ENDED),
        ({"ready": False, "phase": "Failed", "status": "Evicted", "started": None}, Condition.ENDED),
    ],
)
def test_how_a_pod_stands(change: dict[str, object], condition: Condition) -> None:
    row = rows(DEPLOYMENT, SET, replace(POD, **change))[-1]  # type: ignore[arg-type]
    assert pod_text(row, NOW + 30).condition is condition


def test_a_pod_that_was_made_before_our_eyes_is_new_for_a_moment_and_one_that_ran_before_is_not() -> None:
    made = replace(POD, started=None, ready=False, status="Pending", phase="Pending")
    running = replace(POD, at=NOW + 1)
    assert pod_text(rows(made, running, at=NOW + 2)[-1], NOW + 2).condition is Condition.NEW
    assert pod_text(rows(made, running, at=NOW + 9)[-1], NOW + 9).condition is Condition.READY
    assert pod_text(rows(POD, at=NOW + 1)[-1], NOW + 1).condition is Condition.READY


def test_the_back_off_counts_down() -> None:
    again = replace(POD, at=NOW + 5, restarts=1)
    ended = replace(again, at=NOW + 20, ready=False, started=None, status="Completed", finished=NOW + 19)
    states = (POD, again, ended)
    texts = [pod_text(rows(*states, at=NOW + at)[-1], NOW + at) for at in (20, 24, 31)]
    assert [(text.seconds, text.back_off) for text in texts] == [(10.0, 10.0), (6.0, 10.0), (0.0, 10.0)]


def test_the_columns_are_those_that_kubectl_computes_from_the_pods_themselves() -> None:
    """Every change of a pod through three crashes and a rollout; ages a moment after it and a while later."""
    histories = Histories()
    histories.update(timeline_of("back-off"))
    last = end_of("back-off")
    changes = [change for change in raw_pods() if change["what"] != "DELETED" and change["at"] < last]
    begins = min(h.first.at for h in histories.pods.values() if h.last.deployment == "user-deployment")
    compared = 0
    for index, change in enumerate(changes):
        until = changes[index + 1]["at"] if index + 1 < len(changes) else last
        for at in (change["at"] + 0.001, until - 0.001):
            if not max(change["at"], begins) <= at < until:
                continue
            name = change["pod"]["metadata"]["name"]
            row = next(row for row in rows_at(histories, at) if row.state.name == name)
            text, expected = pod_text(row, at), pod_row(change["pod"], at)
            assert (text.ready, text.status, text.restarts, text.age, text.image) == (
                expected.ready,
                expected.status,
                expected.restarts_text,
                expected.age,
                expected.image,
            ), at
            compared += 1
    assert compared > 8


def test_the_pod_itself_has_the_last_word_where_it_is_at_hand() -> None:
    raw = {
        "metadata": {"name": POD.name, "uid": POD.uid, "creationTimestamp": "1970-01-01T00:15:40Z"},
        "spec": {"containers": [{"name": "a", "image": "i:1"}, {"name": "b", "image": "j:1"}]},
        "status": {"phase": "Running", "containerStatuses": [{"ready": True, "state": {"running": {}}}]},
    }
    text = pod_text(rows(POD)[-1], NOW, raw)
    assert (text.ready, text.status) == ("1/2", "Running")
    assert pod_text(rows(POD)[-1], NOW, {**raw, "metadata": {**raw["metadata"], "uid": "another"}}).ready == "1/1"


def test_for_little_room_a_lone_replica_set_gives_way_and_a_rollout_keeps_both() -> None:
    calm = rows(DEPLOYMENT, SET, POD)
    assert names(without_lone_sets(calm)) == ["user", "user-5f-abcde"]
    rolling = rows(DEPLOYMENT, SET, POD, replace(SET, uid="r2", name="user-6a", revision="2"))
    assert without_lone_sets(rolling) == rolling


def test_the_block_of_a_deployment_goes_from_its_own_row_to_its_last_pod() -> None:
    found = rows(DEPLOYMENT, SET, POD, replace(DEPLOYMENT, uid="d2", name="gateway"))
    assert block_of(found, ("user",)) == (1, 3)
    assert block_of(found, ("other",)) is None


@pytest.mark.parametrize("name", NAMES)
def test_at_no_moment_of_a_recording_a_running_pod_is_missing(name: str) -> None:
    timeline = timeline_of(name)
    histories = Histories()
    histories.update(timeline)
    alive: set[str] = set()
    for entry in timeline.of(PodChanged):
        (alive.discard if entry.gone else alive.add)(entry.uid)
        shown = {
            row.key for row in rows_at(histories, entry.at) if isinstance(row.state, PodChanged) and not row.state.gone
        }
        assert alive <= shown


@pytest.mark.parametrize("status", ["CrashLoopBackOff", "Init:CrashLoopBackOff", "Init:Error"])
def test_of_another_container_that_ended_is_not_said_when_it_starts_again(status: str) -> None:
    """Its end is not recorded. Status of v1.34.2, for a second container and for one that runs before the others."""
    waits = replace(POD, status=status, ready=False, containers=2, restarts=3)
    if status.startswith("Init:"):
        waits = replace(waits, phase="Pending", started=None, ready_containers=0)
    text = pod_text(rows(DEPLOYMENT, SET, waits)[-1], NOW + 1)
    assert (text.condition, text.seconds) == (Condition.RESTARTING, None)
    assert notes_of(text) == ("starts again after its back-off", "starts again")
