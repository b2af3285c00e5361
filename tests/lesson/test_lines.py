"""The timeline as lines for a plain terminal."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.timeline import (
    Answered,
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
