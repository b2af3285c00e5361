"""Events: counted, combined, held back, forgotten. The loop: each key once, errors again, defects contained."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.practice.controllers.cluster import Cluster, deployment
from tutor.practice.controllers.controller import Key
from tutor.practice.controllers.loop import ControllerLoop
from tutor.practice.store.errors import Conflict
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def pod() -> dict[str, Any]:
    metadata = {"name": "web-1", "namespace": "default", "uid": "u", "resourceVersion": "7"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}


def events(cluster: Cluster) -> list[tuple[str, int]]:
    found = sorted(cluster.store.list("Event"), key=lambda e: int(e["metadata"]["resourceVersion"]))
    return [(e["message"], e["count"]) for e in found]


def test_an_event_has_the_shape_of_a_real_one(cluster: Cluster) -> None:
    path = "spec.containers{user}"
    cluster.recorder.event(pod(), "Normal", "Started", "Started container user", "kubelet", field_path=path)
    [event] = cluster.store.list("Event")
    name, _, stamp = event["metadata"]["name"].rpartition(".")
    assert name == "web-1"
    assert len(stamp) == 16
    int(stamp, 16)
    body = {key: value for key, value in event.items() if key != "metadata"}
    assert body == {
        "apiVersion": "v1",
        "kind": "Event",
        "count": 1,
        "eventTime": None,
        "firstTimestamp": "2025-10-09T08:53:20Z",
        "lastTimestamp": "2025-10-09T08:53:20Z",
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": "default",
            "name": "web-1",
            "uid": "u",
            "resourceVersion": "7",
            "fieldPath": path,
        },
        "message": "Started container user",
        "reason": "Started",
        "reportingComponent": "kubelet",
        "reportingInstance": "minikube",
        "source": {"component": "kubelet", "host": "minikube"},
        "type": "Normal",
    }


async def test_the_same_again_counts_one_up(cluster: Cluster) -> None:
    for _ in range(3):
        cluster.recorder.event(pod(), "Warning", "BackOff", "Back-off", "kubelet")
        await cluster.clock.advance(10)
    [event] = cluster.store.list("Event")
    assert (event["count"], event["firstTimestamp"], event["lastTimestamp"]) == (
        3,
        "2025-10-09T08:53:20Z",
        "2025-10-09T08:53:40Z",
    )


def test_from_the_tenth_on_similar_ones_are_combined(cluster: Cluster) -> None:
    for number in range(12):
        cluster.recorder.event(pod(), "Warning", "Unhealthy", f"probe failed: {number}", "kubelet")
    seen = events(cluster)
    assert len(seen) == 10
    assert seen[:9] == [(f"probe failed: {number}", 1) for number in range(9)]
    assert seen[9] == ("(combined from similar events): probe failed: 11", 3)


async def test_one_object_gets_25_at_once_and_then_one_in_five_minutes(cluster: Cluster) -> None:
    for _ in range(40):
        cluster.recorder.event(pod(), "Warning", "BackOff", "Back-off", "kubelet")
    assert events(cluster) == [("Back-off", 25)]
    await cluster.clock.advance(300)
    cluster.recorder.event(pod(), "Warning", "BackOff", "Back-off", "kubelet")
    # What was held back is counted all the same.
    assert events(cluster) == [("Back-off", 41)]


def test_an_event_about_a_namespace_that_is_gone_is_dropped(cluster: Cluster) -> None:
    lost = pod()
    lost["metadata"]["namespace"] = "gone"
    cluster.recorder.event(lost, "Normal", "Killing", "Stopping", "kubelet")
    assert cluster.store.list("Event") == []


async def test_events_are_forgotten_an_hour_after_they_were_last_seen(cluster: Cluster) -> None:
    cluster.create(deployment())
    cluster.recorder.event(pod(), "Normal", "Pulled", "old", "kubelet")
    await cluster.wait(3000)
    cluster.recorder.event(pod(), "Normal", "Pulled", "newer", "kubelet")
    await cluster.wait(700)
    assert events_of(cluster) == {"newer"}


def events_of(cluster: Cluster) -> set[str]:
    return {e["message"] for e in cluster.store.list("Event")}


class Counting:
    """A controller that notes what it is asked, and answers as told."""

    name = "counting"

    def __init__(self, *answers: Exception | float | None) -> None:
        self.seen: list[Key] = []
        self.answers = list(answers)

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        return [(event.namespace, event.object["metadata"]["name"])] if event.kind == "ConfigMap" else ()

    def all_keys(self) -> Iterable[Key]:
        return [("default", "all")]

    def reconcile(self, key: Key) -> float | None:
        self.seen.append(key)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def config_map(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}


def rig(*answers: Exception | float | None) -> tuple[FakeClock, Store, Counting, ControllerLoop]:
    clock = FakeClock()
    store = Store(clock)
    controller = Counting(*answers)
    loop = ControllerLoop(store, clock, [controller])
    loop.settle()
    controller.seen.clear()
    return clock, store, controller, loop


def test_many_changes_of_one_key_are_one_step() -> None:
    _, store, controller, loop = rig()
    obj = store.create(config_map("a"))
    store.update({**obj, "data": {"x": "1"}})
    store.create(config_map("b"))
    loop.settle()
    assert controller.seen == [("default", "a"), ("default", "b")]


async def test_a_refusal_is_tried_again_later_each_time() -> None:
    refusals = [Conflict("ConfigMap", "a") for _ in range(3)]
    clock, store, controller, loop = rig(None, *refusals)
    store.create(config_map("a"))
    loop.settle()
    times = []
    for _ in range(60):
        before = len(controller.seen)
        await clock.advance(0.001)
        loop.settle()
        if len(controller.seen) > before:
            times.append(round(clock.now() - 1_760_000_000.0, 3))
    assert len(controller.seen) == 4
    assert times == pytest.approx([0.005, 0.015, 0.035], abs=0.004)


def test_a_defect_of_one_is_logged_and_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    store = Store(clock)
    broken, whole = Counting(RuntimeError("broken")), Counting()
    loop = ControllerLoop(store, clock, [broken, whole])
    with caplog.at_level(logging.ERROR):
        loop.settle()
    assert whole.seen == [("default", "all")]
    assert "counting default/all" in caplog.text
    assert "broken" in caplog.text


async def test_a_controller_may_ask_to_be_woken_and_all_is_looked_at_now_and_then() -> None:
    clock, _, controller, loop = rig(None, 20.0)
    controller.answers = [20.0]
    loop._add(controller, [("default", "x")])
    loop.settle()
    await clock.advance(19)
    loop.settle()
    assert len(controller.seen) == 1
    await clock.advance(2)
    loop.settle()
    assert len(controller.seen) == 2
    await clock.advance(300)
    loop.settle()
    assert controller.seen[-1] == ("default", "all")
