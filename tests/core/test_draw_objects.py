"""Services, autoscalers, Events and the pods' columns as lines, at the widths that learners have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.recorded import end_of, services, timeline_of
from tutor.core.pictures.draw_autoscalers import autoscaler_lines
from tutor.core.pictures.draw_events import event_lines, newest_events
from tutor.core.pictures.draw_rows import columns, head_line, row_line
from tutor.core.pictures.draw_services import fewer, service_lines
from tutor.core.pictures.drawing import ASCII, UNICODE, Line, fit, fit_name, text_of, width_of
from tutor.core.pictures.histories import Histories, History
from tutor.core.pictures.pod_rows import Row, rows_at
from tutor.core.timeline import DeploymentChanged, EndpointsChanged, EventSeen, PodChanged, Timeline

URL = "http://192.168.49.2:31317"
HPA: dict[str, Any] = {
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "user"},
    "spec": {
        "maxReplicas": 5,
        "minReplicas": 2,
        "metrics": [
            {
                "resource": {"name": "cpu", "target": {"averageUtilization": 50, "type": "Utilization"}},
                "type": "Resource",
            }
        ],
    },
    "status": {"currentMetrics": None, "desiredReplicas": 0},
}
"""As v1.34.2 gave it, where `kubectl get hpa` printed TARGETS "cpu: <unknown>/50%"."""


def histories_of(*entries: EndpointsChanged) -> Histories:
    histories = Histories()
    histories.update(Timeline(entries))
    return histories


def texts(lines: list[Line]) -> list[str]:
    return [text_of(line) for line in lines]


@pytest.mark.parametrize("width", [40, 56, 60, 66, 70, 80, 110, 160])
def test_services_fit_and_a_url_is_whole(width: int) -> None:
    both = histories_of(EndpointsChanged(0.0, "user", ("a", "b")), EndpointsChanged(0.0, "gateway", ("c",)))
    lines = texts(service_lines(services(), both, {"gateway": URL}, 10.0, width, UNICODE))
    assert max(len(line) for line in lines) <= width
    assert [line.split()[0] for line in lines] == ["SERVICE", "gateway", "homics-db", "user"]
    assert "→ 1 pod" in lines[1]
    assert "→ no pod" in lines[2]
    assert "→ 2 pods" in lines[3]
    assert (URL in lines[1]) is (width >= 56)
    assert ("NodePort" in lines[1]) is (width >= 70)


def test_the_ports_are_as_kubectl_writes_them() -> None:
    lines = texts(service_lines(services(), Histories(), {}, 0.0, 120, UNICODE))
    assert "8080:31480" in lines[1]
    assert "1521:30720,81:31167" in lines[2]
    assert lines[3].split()[2] == "9001"
    udp = {"metadata": {"name": "dns"}, "spec": {"ports": [{"port": 53, "protocol": "UDP"}]}}
    assert "53/UDP" in texts(service_lines([udp], Histories(), {}, 0.0, 120, UNICODE))[1]


def test_the_service_of_the_api_server_is_not_the_learners() -> None:
    assert service_lines([{"metadata": {"name": "kubernetes"}}], Histories(), {}, 0.0, 80, UNICODE) == []


def test_endpoints_are_those_of_the_moment_that_is_shown() -> None:
    histories = histories_of(EndpointsChanged(0.0, "user", ("a",)), EndpointsChanged(10.0, "user", (), ("a",)))
    user = [service for service in services() if service["metadata"]["name"] == "user"]
    assert "→ 1 pod" in texts(service_lines(user, histories, {}, 9.0, 80, UNICODE))[1]
    assert "→ no pod" in texts(service_lines(user, histories, {}, 10.0, 80, UNICODE))[1]


def test_an_autoscaler_that_cannot_measure_says_so_as_kubectl_does() -> None:
    assert texts(autoscaler_lines([HPA], 80, UNICODE)) == [
        "AUTOSCALER       TARGETS                  WANTS",
        "user             cpu: <unknown>/50%       0 pods, now 0 (2 to 5)",
    ]


def test_an_autoscaler_that_measures() -> None:
    status = {
        "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 73}}}],
        "desiredReplicas": 3,
        "currentReplicas": 2,
    }
    (_, line) = texts(autoscaler_lines([{**HPA, "status": status}], 80, UNICODE))
    assert line == "user             cpu: 73%/50%             3 pods, now 2 (2 to 5)"
    assert max(width_of(line) for line in autoscaler_lines([HPA], 40, UNICODE)) <= 40
    assert autoscaler_lines([], 80, UNICODE) == []


def event(at: float, reason: str, count: int = 1, kind: str = "Normal") -> EventSeen:
    return EventSeen(at, "Pod", "user-5f-abcde", kind, reason, "a message", count)


def test_an_event_of_a_replica_set_leaves_room_for_what_it_says() -> None:
    name, message = "user-deployment-765c9c997b", 'Error creating: pods "x" is forbidden'
    (line,) = event_lines([EventSeen(1.0, "ReplicaSet", name, "Warning", "FailedCreate", message)], 78, UNICODE)
    assert text_of(line).endswith(f"! FailedCreate replicaset/…765c9c997b: {message[:29]}…")
    (line,) = event_lines([EventSeen(1.0, "Node", "minikube", "Normal", "Starting", "")], 78, UNICODE)
    assert text_of(line).endswith("Starting node/minikube")


def test_an_event_that_is_counted_again_stands_once_at_its_new_place() -> None:
    timeline = Timeline([event(1.0, "Pulled"), event(2.0, "Started"), event(3.0, "Pulled", 2)])
    found = newest_events(timeline, 10.0, 5)
    assert [(e.reason, e.count) for e in found] == [("Started", 1), ("Pulled", 2)]
    assert newest_events(timeline, 2.5, 5) == [event(1.0, "Pulled"), event(2.0, "Started")]
    assert newest_events(timeline, 10.0, 1) == [event(3.0, "Pulled", 2)]
    assert newest_events(timeline, 10.0, 0) == []


def test_a_warning_has_a_sign() -> None:
    lines = event_lines([event(1.0, "BackOff", 3, "Warning"), event(2.0, "Started")], 80, UNICODE)
    assert " ! BackOff (×3) pod/…abcde: a message" in text_of(lines[0])
    assert "   Started pod/…abcde: a message" in text_of(lines[1])
    assert all(text_of(line).isascii() for line in event_lines([event(1.0, "BackOff", 3)], 40, ASCII))


def test_a_message_of_several_lines_is_one_line() -> None:
    several = replace(event(1.0, "Failed"), message="cannot start:\n\tno such image\n")
    (line,) = event_lines([several], 80, UNICODE)
    assert text_of(line).endswith("Failed pod/…abcde: cannot start: no such image")


@pytest.mark.parametrize("width", [40, 47, 57, 58, 66, 80, 103, 104, 120, 160])
@pytest.mark.parametrize("name", ["back-off", "rolling-update-without-readiness", "image-that-is-not-there"])
def test_rows_fit_at_every_width_and_their_columns_stand_below_their_heads(name: str, width: int) -> None:
    histories = Histories()
    histories.update(timeline_of(name))
    end, cols = end_of(name), columns(width)
    head = text_of(head_line(cols))
    for seconds in range(0, 60, 3):
        for row in rows_at(histories, end - seconds):
            line = text_of(row_line(row, end - seconds, cols, UNICODE))
            assert len(line) <= width
            if isinstance(row.state, PodChanged):
                assert line[head.index("READY") :].startswith(("0/1", "1/1"))
                assert line[head.index("STATUS") :].startswith((row.state.status[:10], "(gone)"))


def test_a_pods_name_is_whole_from_eighty_cells_on() -> None:
    histories = Histories()
    histories.update(timeline_of("crash"))
    rows = rows_at(histories, end_of("crash"))
    lines = [text_of(row_line(row, end_of("crash"), columns(80), UNICODE)) for row in rows]
    assert any("user-deployment-5fc9f7f6b9-5f4zw" in line for line in lines)


def test_with_the_whole_screen_the_status_and_the_back_off_are_whole() -> None:
    image = "homics/user-activity:1.0.0"
    pod = PodChanged(
        40.0, "u", "user-deployment-5fc9f7f6b9-5f4zw", "user-deployment", "user-deployment-5fc9f7f6b9", "Running",
        "CrashLoopBackOff", False, 0, 1, 3, image, 0.0, finished=40.0,
    )  # fmt: skip
    before = replace(pod, at=1.0, status="Running", ready=True, restarts=0, started=1.0, finished=None)
    history = History(before)
    history.add(pod)
    line = text_of(row_line(Row(2, pod, history), 47.0, columns(160), UNICODE))
    assert line.endswith(f"{image}  starts again in about 33 s (back-off 40 s)")
    first = replace(pod, status="Init:CrashLoopBackOff", phase="Pending")
    assert " Init:CrashLoopBackOff 3 " in text_of(row_line(Row(2, first, History(first)), 47.0, columns(160), UNICODE))


def test_what_cannot_start_says_so() -> None:
    histories = Histories()
    timeline = timeline_of("image-that-is-not-there")
    histories.update(timeline)
    stuck = next(e.at for e in timeline.of(PodChanged) if e.status == "ImagePullBackOff")
    lines = [text_of(row_line(row, stuck + 1, columns(160), UNICODE)) for row in rows_at(histories, stuck + 1)]
    assert any(line.startswith("  ✗ ") and "ImagePullBackOff" in line and "cannot start" in line for line in lines)
    assert any("rolling out" in line for line in lines)


STEADY = DeploymentChanged(5.0, "d", "user-deployment", 2, 2, 1, 1, 1, 1, "homics/user-activity:2.0.0", "2", total=1)


@pytest.mark.parametrize(
    ("state", "ready", "said", "role"),
    [
        pytest.param(STEADY, "1/1", "1 up-to-date · 1 available", "good", id="all is new and there"),
        pytest.param(
            replace(STEADY, total=2),
            "1/1",
            "rolling out · 1 up-to-date · 1 old · 1 available",
            "warn",
            id="the new pod hangs, the old one answers",
        ),
        pytest.param(
            replace(STEADY, updated=0),
            "1/1",
            "rolling out · 0 up-to-date · 1 old · 1 available",
            "warn",
            id="no new pod yet",
        ),
        pytest.param(
            replace(STEADY, generation=3), "1/1", "rolling out · 1 up-to-date · 1 available", "warn", id="not observed"
        ),
        pytest.param(
            replace(STEADY, total=2, held_up="ProgressDeadlineExceeded"),
            "1/1",
            "held up: ProgressDeadlineExceeded · 1 up-to-date · 1 old · 1 available",
            "warn",
            id="the new pod hangs for too long",
        ),
        pytest.param(
            replace(STEADY, updated=0, held_up="DeploymentPaused"),
            "1/1",
            "paused · 0 up-to-date · 1 old · 1 available",
            "warn",
            id="paused before it was rolled out",
        ),
        pytest.param(
            replace(STEADY, replicas=2, updated=1, total=1),
            "1/2",
            "rolling out · 1 up-to-date · 1 available",
            "warn",
            id="scaled up",
        ),
        pytest.param(
            replace(STEADY, updated=2, total=2, ready=2, available=2),
            "2/1",
            "2 up-to-date · 2 available",
            "good",
            id="scaled down, and all of them are of the new template",
        ),
        pytest.param(
            replace(STEADY, ready=0, available=0), "0/1", "1 up-to-date · 0 available", "warn", id="its pod crashed"
        ),
        pytest.param(
            replace(STEADY, available=0), "1/1", "1 up-to-date · 0 available", "warn", id="ready, not yet available"
        ),
        pytest.param(replace(STEADY, total=None), "1/1", "1 up-to-date · 1 available", "good", id="not recorded"),
        pytest.param(
            replace(STEADY, replicas=0, updated=0, ready=0, available=0, total=0),
            "0/0",
            "0 up-to-date · 0 available",
            "good",
            id="scaled to nothing",
        ),
        pytest.param(replace(STEADY, total=2, gone=True), "0/1", "(gone)", "gone", id="deleted"),
    ],
)
def test_the_row_of_a_deployment(state: DeploymentChanged, ready: str, said: str, role: str) -> None:
    """Numbers as Kubernetes 1.34.2 gives them."""
    line = row_line(Row(0, state, History(state)), 5.0, columns(160), UNICODE)
    assert (line[1].text.strip(), line[1].role) == (ready, role)
    assert text_of(line).endswith(f"Deployment · {said}")


def test_a_long_text_loses_its_end_and_a_name_its_beginning() -> None:
    assert fit("abcdef", 4, UNICODE) == "abc…"
    assert fit_name("abcdef", 4, UNICODE) == "…def"
    assert fit("ab", 4, UNICODE) == fit_name("ab", 4, UNICODE) == "ab  "
    assert fit("abc", 0, UNICODE) == ""
    assert fit_name("abc", 1, ASCII) == "a"


def test_every_sign_is_one_cell_wide() -> None:
    for glyphs in (UNICODE, ASCII):
        assert all(len(getattr(glyphs, name)) == 1 for name in type(glyphs).__slots__)
    assert all(getattr(ASCII, name).isascii() for name in type(ASCII).__slots__)
    assert replace(ASCII, dot=".").dot == "."


STUCK = DeploymentChanged(
    1.0, "d", "user-deployment", 1, 1, 1, 1, 1, 1, "i:1", "1", total=2, held_up="ProgressDeadlineExceeded"
)
ROLLING = replace(STUCK, held_up="")


def deployment_line(state: DeploymentChanged, width: int) -> str:
    return text_of(row_line(Row(0, state, History(state)), 2.0, columns(width), UNICODE))


@pytest.mark.parametrize(
    ("state", "width", "said"),
    [
        (ROLLING, 110, "Deployment · rolling out · 1 up-to-date · 1 old · 1 available"),
        (ROLLING, 90, "rolling out · 1 up-to-date · 1 old"),
        (ROLLING, 58, "rolling out · 1 up-to-date · 1 old"),
        (ROLLING, 48, "rolling out · 1 up-to-date"),
        (STUCK, 110, "held up: ProgressDeadlineExceeded · 1 up-to-date · 1 old"),
        (STUCK, 58, "held up: ProgressDeadlineExceeded"),
        (STUCK, 48, "ProgressDeadlineExceeded"),
        (STUCK, 40, "ProgressDeadlineExce…"),
        (replace(STUCK, held_up="DeploymentPaused"), 58, "paused · 1 up-to-date · 1 old"),
    ],
)
def test_a_deployment_says_what_matters_most_where_there_is_little_room(
    state: DeploymentChanged, width: int, said: str
) -> None:
    line = deployment_line(state, width)
    assert len(line) <= width
    assert line.partition("1/1")[2].strip() == said


def test_where_few_lines_are_left_the_services_of_the_calls_and_the_autoscalers_stay() -> None:
    named = [service_named(name) for name in ("gateway", "homics-db", "kafka", "stock", "user", "zookeeper")]
    lines = service_lines(named, histories_of(), {}, 10.0, 60, UNICODE)
    scaled = [*lines, *autoscaler_lines([HPA], 60, UNICODE)]
    first = ("user", "gateway")

    def names(some: list[Line], most: int) -> list[str]:
        return [text.split()[0] for text in texts(fewer(some, most, first))]

    assert fewer(lines, 7, first) == lines
    assert names(lines, 4) == ["SERVICE", "gateway", "homics-db", "user"]
    assert text_of(fewer(lines, 4, first)[0]).endswith("ANSWERS AT               +3 more")
    assert names(lines, 2) == ["SERVICE", "gateway"]
    assert names(lines, 0) == []
    assert names(scaled, 6) == ["SERVICE", "gateway", "homics-db", "user", "AUTOSCALER", "user"]
    assert text_of(fewer(scaled, 6, first)[0]).endswith(" +3 more")
    assert names(scaled, 4) == ["SERVICE", "gateway", "user"]


def service_named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}]}}


def test_one_pod_that_is_wanted_is_no_more() -> None:
    status = {"currentReplicas": 1, "desiredReplicas": 1}
    line = text_of(autoscaler_lines([{**HPA, "status": status}], 80, UNICODE)[1])
    assert line.endswith("1 pod, now 1 (2 to 5)")
