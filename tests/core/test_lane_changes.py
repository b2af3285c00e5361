"""The marks above the lanes: what was changed, and that the gateway was gone."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.pictures.draw_lanes import lane_picture, mark_line
from tutor.core.pictures.drawing import UNICODE, text_of
from tutor.core.pictures.histories import Histories
from tutor.core.pictures.lane_changes import Change, changes
from tutor.core.timeline import DeploymentChanged, EndpointsChanged, Entry, Timeline

USER = DeploymentChanged(0.0, "u", "user", 1, 1, 1, 1, 1, 1, "homics/user-activity:1.0.0", "1")
POD = "gateway-7c-gate"
GATEWAY = EndpointsChanged(0.0, "gateway", (POD,))


def histories_of(*entries: Entry) -> Histories:
    histories = Histories()
    histories.update(Timeline(entries))
    return histories


def told(*entries: Entry) -> tuple[Change, ...]:
    return changes(histories_of(USER, GATEWAY, *entries), 10.0, 60.0, ("user",))


def test_what_was_changed_about_a_deployment() -> None:
    later = replace(USER, at=20.0, image="homics/user-activity:2.0.0", readiness=True, replicas=2)
    assert told(later, replace(later, at=30.0, updated=2)) == (Change(20.0, "image 2.0.0, readinessProbe, replicas 2"),)


def test_a_deployment_that_was_deleted() -> None:
    assert told(replace(USER, at=20.0, gone=True)) == (Change(20.0, "deleted"),)


def test_a_change_of_another_deployment_or_before_the_window_is_not_told() -> None:
    other = replace(USER, uid="o", name="other")
    assert told(replace(USER, at=5.0, replicas=2), other, replace(other, at=20.0, replicas=3)) == ()


def test_a_gateway_that_goes_and_comes_back() -> None:
    gone = EndpointsChanged(20.0, "gateway", ())
    coming = EndpointsChanged(30.0, "gateway", (), (POD,))
    assert told(gone, coming, replace(GATEWAY, at=31.0)) == (
        Change(20.0, "gateway gone"),
        Change(31.0, "gateway ready"),
    )


def test_a_gateway_that_crashes() -> None:
    down = EndpointsChanged(20.0, "gateway", (), (POD,))
    assert told(down, replace(GATEWAY, at=22.0)) == (Change(20.0, "gateway not ready"), Change(22.0, "gateway ready"))


def test_a_gateway_that_is_being_terminated_is_gone_in_the_end() -> None:
    leaving = EndpointsChanged(20.0, "gateway", (), (POD,))
    assert told(leaving) == (Change(20.0, "gateway not ready"),)
    assert told(leaving, EndpointsChanged(21.0, "gateway", ())) == (Change(20.0, "gateway gone"),)


def test_the_first_that_is_seen_of_the_gateway_is_no_change_and_nor_is_a_second_pod() -> None:
    assert changes(histories_of(replace(GATEWAY, at=20.0)), 10.0, 60.0, ("user",)) == ()
    assert told(EndpointsChanged(20.0, "gateway", (POD, "gateway-7c-two"))) == ()


def test_the_mark_of_a_lost_gateway_stands_above_the_lanes() -> None:
    entries = (USER, GATEWAY, EndpointsChanged(40.0, "gateway", ()))
    picture = lane_picture(Timeline(entries), histories_of(*entries), 60.0, 1.0, 75)
    line = text_of(mark_line(picture, 75, UNICODE))
    assert line.index("▼gateway gone") == 15 + picture.axis.cell(40.0)


def test_each_change_has_its_sign_and_the_words_there_is_room_for() -> None:
    entries = (
        USER,
        replace(USER, at=20.0, image="i:2.0.0"),
        replace(USER, at=21.0, image="i:1.0.0"),
        replace(USER, at=36.0, image="i:1.0.0", readiness=True),
        EndpointsChanged(36.2, "gateway", (POD,)),
        EndpointsChanged(36.4, "gateway", ()),
    )
    picture = lane_picture(Timeline(entries), histories_of(*entries), 70.0, 1.0, 85)
    line = text_of(mark_line(picture, 85, UNICODE))
    assert line.partition("changed")[2].strip() == "▼▼image 1.0.0   ▼readinessProbe, gateway gone"
    assert [index - 15 for index, sign in enumerate(line) if sign == "▼"] == [
        picture.axis.cell(x) for x in (20, 21, 36)
    ]


def test_of_a_change_at_the_right_edge_is_said_what_there_is_room_for() -> None:
    before = replace(USER, at=20.0, image="homics/user-activity:2.0.0")
    after = replace(before, at=48.0, image="homics/user-activity:1.0.0", readiness=True, replicas=2)
    entries = (USER, before, after)
    histories = histories_of(*entries)
    lines = [
        text_of(mark_line(lane_picture(Timeline(entries), histories, now, 1.0, 75), 75, UNICODE))
        for now in (55.0, 60.0, 90.0)
    ]
    assert [line.partition("▼image 2.0.0")[2].strip() for line in lines[:2]] == ["▼", "▼image 1.0.0…"]
    assert lines[2].endswith("▼image 1.0.0, readinessProbe, replicas 2")
