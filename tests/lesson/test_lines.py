"""The timeline as lines for a plain terminal."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.timeline import (
    Answered,
    CommandRun,
    DeploymentChanged,
    EndpointsChanged,
    Entry,
    EventSeen,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    Timeline,
)
from tutor.lesson.lines import Lines, clock_time

POD = PodChanged(
    100.0,
    "u1",
    "user-x",
    "user-deployment",
    "rs",
    "Running",
    "Running",
    True,
    1,
    1,
    0,
    "homics/user-activity:1.0.0",
    1.0,
)
DEPLOYMENT = DeploymentChanged(100.0, "d", "user-deployment", 1, 1, 1, 1, 1, 1, "homics/user-activity:1.0.0")


def said(*entries: Entry, lines: Lines | None = None) -> list[str]:
    """Without the time in front."""
    speaker = lines or Lines()
    return [line.split("  ", 1)[1] for entry in entries for line in speaker.of(entry)]


def test_each_line_begins_with_its_time_to_a_tenth_of_a_second() -> None:
    assert Lines().of(replace(POD, at=1_760_000_000.3))[0].startswith(clock_time(1_760_000_000.3))
    assert clock_time(1_760_000_000.3).endswith(".2") or clock_time(1_760_000_000.3).endswith(".3")


def test_a_crash_is_three_lines() -> None:
    lines = said(
        POD,
        replace(POD, at=101.0, ready=False, ready_containers=0, status="Completed"),
        replace(POD, at=102.0, restarts=1),
        replace(POD, at=103.0, restarts=1, ip="10.0.0.9"),
    )
    assert lines == [
        "pod user-x (new) 1/1 Running  homics/user-activity:1.0.0",
        "pod user-x 0/1 Completed  homics/user-activity:1.0.0",
        "pod user-x 1/1 Running restarts 1  homics/user-activity:1.0.0",
    ]


def test_answers_that_say_the_same_are_one_line() -> None:
    lines = said(
        *(Answered(100.0 + second, "1.0.0") for second in range(5)),
        *(Answered(105.0 + second, "", "http-500") for second in range(2)),
        Answered(107.0, "2.0.0"),
    )
    assert lines == [
        "user answers 1.0.0, through the gateway",
        "user answers error (http-500), after 1.0.0 5 times in 5.0 s",
        "user answers 2.0.0, after error (http-500) 2 times in 2.0 s",
    ]


def test_another_way_of_the_calls_is_told_with_the_answer() -> None:
    lines = said(
        Answered(10.0, "", "refused", via="service-proxy"), Answered(11.0, "1.0.0"), Answered(12.0, "", "http-500")
    )
    assert lines == [
        "user answers error (refused), through the API server's service proxy",
        "user answers 1.0.0, through the gateway, after error (refused) once in 1.0 s",
        "user answers error (http-500), after 1.0.0 once in 1.0 s",
    ]


def slow(at: float, latency: float = 3.0) -> Answered:
    return Answered(at, "", "timeout", latency)


def test_one_call_that_timed_out_does_not_hide_those_that_answered_meanwhile() -> None:
    calls = [Answered(at, "1.0.0") for at in (9.8, 11.8, 12.8)]
    lines = said(*calls, slow(10.8), Answered(13.8, "1.0.0"), Answered(14.8, "2.0.0"))
    assert lines == [
        "user answers 1.0.0, through the gateway",
        f"the call of {clock_time(10.8)} got error (timeout) after 3.0 s",
        "user answers 2.0.0, after 1.0.0 4 times in 5.0 s, and 1 with another outcome",
    ]


def test_a_series_of_slow_errors_is_told_by_its_calls_and_each_line_by_when_it_came() -> None:
    lines, speaker = [], Lines()
    for entry in (
        Answered(9.8, "1.0.0"),
        replace(POD, at=12.3, ready=False, ready_containers=0),
        slow(10.8),
        slow(11.8),
        slow(12.8),
        Answered(16.3, "1.0.0", latency=0.1),
        slow(13.8),
        slow(14.8),
        Answered(17.3, "1.0.0"),
    ):
        lines.extend(speaker.of(entry))
    assert lines == [
        f"{clock_time(9.8)}  user answers 1.0.0, through the gateway",
        f"{clock_time(12.3)}  pod user-x (new) 0/1 Running  homics/user-activity:1.0.0",
        f"{clock_time(13.8)}  user answers error (timeout) (asked for at {clock_time(10.8)}),"
        " after 1.0.0 once in 1.0 s",
        f"{clock_time(16.4)}  user answers 1.0.0, after error (timeout) 3 times in 5.5 s",
    ], "the two that came late are of the series that was told"


def test_a_series_whose_first_call_is_answered_after_its_second_is_one_series() -> None:
    lines = said(
        Answered(9.8, "1.0.0"),
        Answered(11.8, "", "http-500"),
        Answered(10.8, "", "http-500", 2.0),
        Answered(12.8, "2.0.0"),
    )
    assert lines == [
        "user answers 1.0.0, through the gateway",
        "user answers error (http-500), after 1.0.0 once in 2.0 s",
        "user answers 2.0.0, after error (http-500) 2 times in 2.0 s",
    ]


def test_what_is_found_late_says_of_which_moment_it_is() -> None:
    lines = Lines()
    assert lines.begin(Timeline([POD]), 200.0)
    assert lines.of(EventSeen(120.0, "Pod", "x", "Warning", "BackOff", "Back-off")) == [
        f"{clock_time(200.0)}  earlier, at {clock_time(120.0)}: warning pod/x BackOff: Back-off"
    ]
    assert lines.of(replace(POD, at=201.0, restarts=1))[0].startswith(f"{clock_time(201.0)}  pod user-x")


def test_a_time_in_which_nobody_watched_is_said_and_no_run_of_answers_goes_over_it() -> None:
    began = RecordingBegan(1.0, "minikube", "https://192.168.49.2:8443", "default")
    lines = said(
        Answered(10.0, "1.0.0"), RecordingEnded(11.0), replace(began, at=200.0), Answered(201.0, "2.0.0"), began
    )
    assert lines[1:] == [
        f"no tutor was watching from {clock_time(11.0)} on; now again watching namespace default of context minikube"
        " (https://192.168.49.2:8443)",
        "user answers 2.0.0, through the gateway",
        f"earlier, at {clock_time(1.0)}: watching namespace default of context minikube (https://192.168.49.2:8443)",
    ]


def test_what_says_nothing_new_is_not_said() -> None:
    assert said(DEPLOYMENT, replace(DEPLOYMENT, at=101.0, generation=2)) == [
        "deployment user-deployment 1/1 ready, 1 up to date, image homics/user-activity:1.0.0"
    ]
    assert said(DEPLOYMENT, replace(DEPLOYMENT, at=101.0, held_up="FailedCreate"))[1:] == [
        "deployment user-deployment 1/1 ready, 1 up to date, image homics/user-activity:1.0.0, held up: FailedCreate"
    ]
    assert said(EventSeen(1.0, "Pod", "x", "Normal", "Pulled", "…")) == []
    assert said(EventSeen(1.0, "Pod", "x", "Warning", "BackOff", "Back-off")) == ["warning pod/x BackOff: Back-off"]
    assert said(EndpointsChanged(1.0, "user", ("a",)), EndpointsChanged(2.0, "user", ("a",), ("b",))) == [
        "service user sends to a"
    ]
    assert said(replace(POD, gone=True)) == [], "what was never said need not be said to be gone"


def test_what_is_wanted_is_not_counted_before_the_controller_has_looked() -> None:
    """As v1.34.2 tells a scale and an update: the spec first, with a status of what was wanted before."""
    three = replace(DEPLOYMENT, at=101.0, generation=2, replicas=3)
    update = replace(three, at=104.0, generation=3, observed_generation=2, image="homics/user-activity:2.0.0")
    assert said(
        DEPLOYMENT,
        three,
        replace(three, at=102.0, observed_generation=2),
        replace(three, at=103.0, observed_generation=2, ready=3, updated=3),
        replace(update, ready=3, updated=3),
        replace(update, at=105.0, observed_generation=3, ready=3, updated=0),
    )[1:] == [
        "deployment user-deployment is to have 3 pods, image homics/user-activity:1.0.0",
        "deployment user-deployment 1/3 ready, 1 up to date, image homics/user-activity:1.0.0",
        "deployment user-deployment 3/3 ready, 3 up to date, image homics/user-activity:1.0.0",
        "deployment user-deployment is to have 3 pods, image homics/user-activity:2.0.0",
        "deployment user-deployment 3/3 ready, 0 up to date, image homics/user-activity:2.0.0",
    ]


def test_a_pause_is_one_line() -> None:
    paused = replace(DEPLOYMENT, at=101.0, generation=2, held_up="DeploymentPaused")
    assert said(DEPLOYMENT, paused, replace(paused, at=101.1, observed_generation=2))[1:] == [
        "deployment user-deployment 1/1 ready, 1 up to date, image homics/user-activity:1.0.0, paused"
    ]


def test_what_became_so_while_nobody_looked_does_not_claim_to_happen_now() -> None:
    assert said(
        POD,
        replace(POD, at=160.0, restarts=1, listed=True),
        replace(DEPLOYMENT, at=160.0, ready=0, listed=True),
        replace(POD, at=161.0, restarts=2),
        replace(POD, at=170.0, gone=True, listed=True),
    )[1:] == [
        "meanwhile: pod user-x 1/1 Running restarts 1  homics/user-activity:1.0.0",
        "meanwhile: deployment user-deployment 0/1 ready, 1 up to date, image homics/user-activity:1.0.0",
        "pod user-x 1/1 Running restarts 2  homics/user-activity:1.0.0",
        "meanwhile: pod user-x is gone",
    ]


def test_a_warning_that_comes_again_is_told_once_a_minute() -> None:
    quota = (
        'Error creating: pods "user-abc-{}" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3,'
        " limited: pods=3"
    )
    refused = EventSeen(10.0, "ReplicaSet", "user-abc", "Warning", "FailedCreate", quota.format("zw42t"))
    again = replace(refused, at=11.0, message=quota.format("c9rxg"))
    combined = replace(refused, at=12.0, message="(combined from similar events): " + quota.format("hffvj"), count=9)
    lines = said(refused, again, combined, replace(again, at=70.5, count=12), replace(again, at=71.0, name="user-def"))
    assert lines == [
        f"warning replicaset/user-abc FailedCreate: {quota.format('zw42t')}",
        f"warning replicaset/user-abc FailedCreate: {quota.format('c9rxg')}",
        f"warning replicaset/user-def FailedCreate: {quota.format('c9rxg')}",
    ]


def test_a_message_of_several_lines_is_one_line() -> None:
    probe = "Liveness probe failed: curl: (7)\n  Failed to connect\x1b[31m\r\n"
    assert said(
        EventSeen(1.0, "Pod", "x", "Warning", "Unhealthy", probe),
        CommandRun(2.0, "kubectl apply -f a\nkubectl apply -f b"),
        LinkChanged(3.0, False, "etcd is away\n"),
    ) == [
        "warning pod/x Unhealthy: Liveness probe failed: curl: (7) Failed to connect\ufffd[31m",
        "$ kubectl apply -f a; kubectl apply -f b",
        "the API server is away: etcd is away",
    ]


def test_links_and_clusters_are_said() -> None:
    assert said(
        RecordingBegan(1.0, "minikube", "https://192.168.49.2:8443", "default"),
        LinkChanged(1.5, True),
        LinkChanged(2.0, False, "no answer"),
        LinkChanged(3.0, True),
    ) == [
        "watching namespace default of context minikube (https://192.168.49.2:8443)",
        "the API server is away: no answer",
        "the API server answers again",
    ]


def test_it_begins_with_how_things_are() -> None:
    lines = Lines()
    timeline = Timeline(
        [
            POD,
            replace(POD, at=101.0, restarts=1),
            replace(POD, at=101.0, uid="u2", name="gone"),
            replace(POD, at=102.0, uid="u2", name="gone", gone=True),
            DEPLOYMENT,
            Answered(103.0, "1.0.0"),
        ]
    )
    begun = [line.split("  ", 1)[1] for line in lines.begin(timeline, 200.0)]
    assert sorted(begun) == [
        "deployment user-deployment 1/1 ready, 1 up to date, image homics/user-activity:1.0.0",
        "pod user-x 1/1 Running restarts 1  homics/user-activity:1.0.0",
    ]
    assert said(replace(POD, at=201.0, restarts=1), lines=lines) == [], "and tells changes of it from then on"
