"""The timeline by object: what stood when, taken in bit by bit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import NAMES, entries_of
from tutor.core.pictures.histories import Histories
from tutor.core.timeline import Answered, EndpointsChanged, PodChanged, RecordingBegan, Timeline

POD = PodChanged(
    100.0, "u1", "user-5f-abcde", "user", "user-5f", "Running", "Running", True, 1, 1, 0, "homics/user:1", 90.0
)


def states(histories: Histories) -> dict[str, list[float]]:
    return {uid: [state.at for state in history.states] for uid, history in histories.pods.items()}


@pytest.mark.parametrize("name", NAMES)
def test_taken_in_bit_by_bit_is_the_same_as_taken_whole(name: str) -> None:
    entries = entries_of(name)
    timeline, bitwise = Timeline(), Histories()
    for index, entry in enumerate(entries):
        timeline.append(entry)
        if index % 3 == 0:
            bitwise.update(timeline)
    bitwise.update(timeline)
    whole = Histories()
    whole.update(Timeline(entries))
    assert states(bitwise) == states(whole)
    assert bitwise.versions == whole.versions
    assert {k: h.states for k, h in bitwise.deployments.items()} == {k: h.states for k, h in whole.deployments.items()}
    assert {k: h.states for k, h in bitwise.endpoints.items()} == {k: h.states for k, h in whole.endpoints.items()}


def test_nothing_new_is_nothing_to_do() -> None:
    timeline, histories = Timeline([POD]), Histories()
    assert histories.update(timeline)
    assert not histories.update(timeline)
    assert histories.version == 1


def test_an_entry_that_comes_late_is_put_in_its_place() -> None:
    timeline, histories = Timeline([POD, replace(POD, at=104.0, ready=False)]), Histories()
    histories.update(timeline)
    timeline.append(replace(POD, at=102.0, restarts=1))
    assert histories.update(timeline)
    assert states(histories) == {"u1": [100.0, 102.0, 104.0]}


def test_an_entry_that_comes_very_late_is_not_lost() -> None:
    timeline, histories = Timeline([POD, replace(POD, at=500.0, ready=False)]), Histories()
    histories.update(timeline)
    timeline.append(replace(POD, at=110.0, restarts=1))
    histories.update(timeline)
    assert states(histories) == {"u1": [100.0, 110.0, 500.0]}


def test_what_the_timeline_forgets_is_forgotten_here_too() -> None:
    timeline = Timeline([replace(POD, at=100.0 + n, restarts=n) for n in range(40)])
    histories = Histories()
    histories.update(timeline)
    timeline.forget(30)
    timeline.append(replace(POD, at=200.0, restarts=99))
    histories.update(timeline)
    assert len(histories.pods["u1"].states) == len(timeline)


def test_another_timeline_begins_anew() -> None:
    histories = Histories()
    histories.update(Timeline([POD]))
    histories.update(Timeline([replace(POD, uid="u2")]))
    assert list(histories.pods) == ["u2"]


@pytest.mark.parametrize(("at", "ready"), [(99.9, None), (100.0, True), (101.9, True), (102.0, False), (999.0, False)])
def test_the_state_at_a_moment(at: float, ready: bool | None) -> None:
    histories = Histories()
    histories.update(Timeline([POD, replace(POD, at=102.0, ready=False)]))
    state = histories.pods["u1"].at(at)
    assert (state.ready if state else None) is ready


def test_another_cluster_begins_a_world_and_the_same_one_does_not() -> None:
    first = RecordingBegan(10.0, "minikube", "https://a", "default", "w1")
    again = replace(first, at=50.0)
    other = replace(first, at=80.0, world="w2")
    histories = Histories()
    histories.update(Timeline([first, again, other]))
    assert histories.world_began(70.0) == float("-inf")
    assert histories.world_began(90.0) == 80.0


def test_the_deployments_behind_a_service_are_those_of_its_endpoints() -> None:
    histories = Histories()
    gone = EndpointsChanged(120.0, "user", ())
    histories.update(Timeline([POD, EndpointsChanged(101.0, "user", ("user-5f-abcde",)), gone]))
    assert histories.deployments_behind("user", 100.5) == ()
    assert histories.deployments_behind("user", 110.0) == ("user",)
    assert histories.deployments_behind("user", 130.0) == ("user",), "the endpoints went, the pods were behind it"
    assert histories.deployments_behind("gateway", 130.0) == ()


def test_versions_are_those_that_answered() -> None:
    histories = Histories()
    histories.update(Timeline([Answered(1.0, "1.0.0"), Answered(2.0, "", "timeout"), Answered(3.0, "2.0.0")]))
    assert histories.versions == {"1.0.0", "2.0.0"}
