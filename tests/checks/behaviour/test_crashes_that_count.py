"""Which crash counts, and when it is over: wrong ways that must not pass, and right ways that must."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.behaviour.told import answers, crash, failing, judged, pod, without
from tutor.core.evidence import clock_time
from tutor.core.finding import Finding, Verdict
from tutor.core.timeline import Answered, DeploymentChanged, EndpointsChanged, Entry, EventSeen, LinkChanged, PodChanged

SECOND = pod(3.0, "b", True)


def seen(told: list[Entry], now: float = 60.0) -> Finding:
    return judged("crash-seen", told, now=now)


def two(told: list[Entry], now: float = 60.0) -> Finding:
    return judged("crash-without-error", told, now=now)


def without_probe() -> list[Entry]:
    """Down at 30, restarted and "ready" at 31; the program answers from 37 on."""
    return failing(crash(again=31.0), 30.0, 37.0)


def until(told: list[Entry], now: float) -> list[Entry]:
    return [entry for entry in told if entry.at <= now]


def test_a_crash_is_over_when_the_program_answers_again() -> None:
    for now in (31.5, 36.0, 38.0):
        finding = seen(until(without_probe(), now), now)
        assert finding.verdict is Verdict.FAILED
        assert "its program does not answer steadily yet" in finding.message
    finding = seen(until(without_probe(), 38.6), 38.6)
    assert finding.verdict is Verdict.PASSED
    assert "0/1 for 1.0 s, 14 errors (14 x refused) in 7.0 s, until the program answered again at" in finding.message
    assert seen(without_probe()) == finding, "what is over stays as it was told"


def test_one_lucky_answer_is_not_the_end() -> None:
    told = [
        replace(entry, version="1.0.0", error="") if isinstance(entry, Answered) and entry.at == 34.0 else entry
        for entry in without_probe()
    ]
    assert seen(until(told, 35.0), 35.0).verdict is Verdict.FAILED
    assert "13 errors (13 x refused) in 7.0 s" in seen(told).message


def test_errors_that_were_over_before_the_crash_are_not_its_own() -> None:
    told = failing(without_probe(), 27.0, 28.5)
    assert "14 errors (14 x refused) in 7.0 s" in seen(told).message
    noticed_late = failing(crash(again=31.0), 29.0, 37.0)
    assert "16 errors (16 x refused) in 8.0 s" in seen(noticed_late).message


def test_where_nobody_is_asking_the_pod_alone_tells() -> None:
    silent = without(crash(again=31.0), 0.0, 60.0)
    finding = seen(silent, 31.5)
    assert finding.verdict is Verdict.PASSED
    assert "The version was not asked for at that time" in finding.message
    stopped = without(without_probe(), 32.0, 60.0)
    finding = seen(stopped, 50.0)
    assert finding.verdict is Verdict.PASSED
    assert "When its program answered again was not seen" in finding.message


def test_calls_that_failed_before_the_crash_say_nothing_of_its_end() -> None:
    never = failing(crash(again=31.0), 0.0, 60.0)
    assert seen(until(never, 33.0), 33.0).verdict is Verdict.PASSED


def test_a_program_that_never_answers_again_is_waited_for_without_end() -> None:
    never = failing([*crash(again=31.0), *answers(40.0, 1_000.0, "1.0.0")], 30.0, 1_000.0)
    for now in (90.0, 999.0):
        finding = seen(until(never, now), now)
        assert finding.verdict is Verdict.FAILED
        assert "does not answer steadily yet" in finding.message


def test_a_gateway_that_is_gone_does_not_hold_the_crash_up() -> None:
    gone = [EndpointsChanged(2.0, "gateway", ("g",)), EndpointsChanged(32.0, "gateway", ())]
    told = [*failing(crash(again=31.0), 30.0, 60.0), *gone]
    assert seen(until(told, 40.0), 40.0).verdict is Verdict.PASSED


def test_a_crash_is_waited_for_once_the_gateway_is_back() -> None:
    gone = [
        EndpointsChanged(2.0, "gateway", ("g",)),
        EndpointsChanged(32.0, "gateway", ()),
        EndpointsChanged(33.0, "gateway", ("h",)),
    ]
    told = [
        replace(entry, error="http-500") if isinstance(entry, Answered) and entry.error and entry.at >= 33.5 else entry
        for entry in [*without_probe(), *gone]
    ]
    assert seen(until(told, 35.0), 35.0).verdict is Verdict.FAILED
    assert "14 errors (7 x refused, 7 x http-500) in 7.0 s" in seen(told).message


def test_errors_of_the_gateway_are_told_apart_in_a_crash() -> None:
    gone = [EndpointsChanged(2.0, "gateway", ("g",)), EndpointsChanged(33.0, "gateway", ())]
    came = EndpointsChanged(34.0, "gateway", ("h",))
    finding = seen([*without_probe(), *gone, came])
    assert finding.verdict is Verdict.PASSED
    assert "of them did not reach the gateway itself" in finding.message


def test_a_gateway_that_came_back_before_the_crash_is_no_reason() -> None:
    """Within a minute of its restart; recorded of v1.34.2: user was crashed 35 s after the gateway's pod was new."""
    gone = [
        EndpointsChanged(2.0, "gateway", ("g",)),
        EndpointsChanged(8.0, "gateway", ()),
        EndpointsChanged(9.0, "gateway", ("h",)),
    ]
    for error in ("refused", "http-500", "login"):
        told = [
            replace(entry, error=error) if isinstance(entry, Answered) and entry.error else entry
            for entry in [*without_probe(), *gone]
        ]
        finding = seen(until(told, 34.0), 34.0)
        assert finding.verdict is Verdict.FAILED
        assert "its program does not answer steadily yet" in finding.message
        finding = seen(told)
        assert f"14 errors (14 x {error}) in 7.0 s, until the program answered again" in finding.message
        assert "gateway" not in finding.message


def test_a_gateway_that_says_what_went_wrong_is_there() -> None:
    gone = [EndpointsChanged(2.0, "gateway", ("g",)), EndpointsChanged(29.0, "gateway", ("g", "h"))]
    told = [
        replace(entry, error="http-500") if isinstance(entry, Answered) and entry.error else entry
        for entry in failing(crash(SECOND), 32.0, 33.5)
    ]
    assert two([*told, *gone]).verdict is Verdict.FAILED


def test_an_outage_whose_end_nobody_saw_is_one_of_at_most_that_length() -> None:
    away = [LinkChanged(2.0, True), LinkChanged(32.0, False, "x"), LinkChanged(36.0, True)]
    told = failing(crash(again=36.0), 30.0, 37.0)
    finding = seen([*told, *away])
    assert finding.verdict is Verdict.PASSED
    assert "0/1 for at most 6.0 s (the cluster could not be reached from" in finding.message


def test_a_pod_that_was_deleted_before_it_was_back_is_not_waited_for() -> None:
    told = [*crash(SECOND, again=None), pod(33.0, "a", False, restarts=1, terminating=True, gone=True)]
    for finding in (seen(told), two(told)):
        assert finding.verdict is Verdict.FAILED
        assert "was deleted before it was ready again" in finding.message


def test_a_pod_that_was_started_again_while_it_was_deleted_is_not_back() -> None:
    """As recorded of v1.34.2: an update told the crashed pod to go before the kubelet restarted it."""
    told = [
        *crash(SECOND, again=None)[:5],
        pod(30.1, "a", False, terminating=True, exit_code=0),
        pod(31.0, "a", True, restarts=1, terminating=True, exit_code=0),
        pod(31.2, "a", False, restarts=1, terminating=True, exit_code=143),
        pod(32.0, "a", False, restarts=1, terminating=True, gone=True),
        *answers(5.0, 60.0, "1.0.0"),
    ]
    for finding in (seen(told), two(told)):
        assert finding.verdict is Verdict.FAILED
        assert "was deleted before it was ready again" in finding.message


def test_a_pod_that_is_not_ready_while_its_container_runs_has_not_crashed() -> None:
    told = [*crash(SECOND, again=None)[:4], pod(30.0, "a", False, started=1.0), *answers(5.0, 60.0, "1.0.0")]
    finding = seen(told)
    assert finding.verdict is Verdict.FAILED
    assert "though its container runs: its readinessProbe does not succeed. That is no crash" in finding.message
    assert "No crash of user-deployment has been seen" in two(told).message


def test_what_was_deleted_in_this_step_is_told_before_a_crash_of_an_earlier_one() -> None:
    told = [*without_probe(), pod(50.0, "a", True, restarts=1, terminating=True), pod(52.0, "c", True)]
    gone = pod(52.0, "a", False, restarts=1, terminating=True, gone=True)
    words = f"crashed at {clock_time(30.0)} (restarts 0→1), before this step began"
    assert words in judged("crash-seen", told, since=45.0, now=51.0).message
    assert "was deleted and replaced" in judged("crash-seen", [*told, gone], since=45.0, now=60.0).message
    assert "before this step began" in judged("crash-seen", [*told, gone], since=51.0, now=60.0).message


def test_where_the_calls_stopped_before_the_crash_the_pod_alone_tells() -> None:
    stopped = without(without_probe(), 23.0, 60.0)
    assert seen(until(stopped, 31.5), 31.5).verdict is Verdict.PASSED


def listed(told: list[Entry]) -> list[Entry]:
    """The restart is found in a list afterwards, with the kubelet's own times."""
    rest = [entry for entry in told if entry.at < 29.0]
    return [*rest, pod(50.0, "a", True, restarts=1, listed=True, finished=30.0, started=31.0)]


def test_a_crash_that_nobody_watched_could_not_be_checked() -> None:
    finding = seen(listed(crash()))
    assert finding.verdict is Verdict.UNKNOWN
    assert "nobody was looking when it happened. By the kubelet the container ended at" in finding.message
    assert "READY 0/1 was not seen" in finding.message
    assert finding.hint.startswith("Crash it once more while the tutor is open")


def test_a_second_crash_that_is_watched_heals_the_first_one() -> None:
    again = [
        pod(55.0, "a", False, restarts=1),
        pod(56.0, "a", False, restarts=2),
        pod(57.0, "a", True, restarts=2),
        *answers(50.0, 70.0, "1.0.0"),
    ]
    finding = seen([*listed(crash()), *again], 70.0)
    assert finding.verdict is Verdict.PASSED
    assert finding.found == "restarts 1→2"


def test_a_crash_that_goes_on_is_told_before_what_nobody_watched() -> None:
    again = pod(55.0, "a", False, restarts=1, status="CrashLoopBackOff")
    finding = seen([*listed(crash()), again])
    assert finding.verdict is Verdict.FAILED
    assert "is 0/1 (CrashLoopBackOff) since" in finding.message
    assert seen([*listed(crash()), again, replace(again, at=58.0, gone=True)]).verdict is Verdict.UNKNOWN


def test_a_watched_crash_is_not_undone_by_a_later_one_that_goes_on() -> None:
    again = [pod(45.0, "a", False, restarts=1), pod(46.0, "a", False, restarts=2)]
    assert seen([*without_probe(), *again], 47.0).found == "restarts 0→1"


def test_two_crashes_quickly_are_told_to_the_end_of_the_second() -> None:
    """The program was crashed again before it had answered."""
    again = [
        pod(36.0, "a", False, restarts=1, status="CrashLoopBackOff"),
        pod(46.0, "a", True, restarts=2),
        *answers(40.0, 60.0, "1.0.0"),
    ]
    told = failing([*without_probe(), *again], 30.0, 52.0)
    assert seen(until(told, 50.0), 50.0).verdict is Verdict.FAILED
    finding = seen(told)
    assert finding.verdict is Verdict.PASSED
    assert finding.found == "restarts 1→2"


def killed(probe: str) -> EventSeen:
    message = f"Container user failed {probe} probe, will be restarted"
    return EventSeen(29.0, "Pod", "user-deployment-a", "Normal", "Killing", message)


def test_a_restart_by_a_failing_liveness_probe_is_no_crash() -> None:
    for probe in ("liveness", "startup"):
        finding = seen([*crash(), killed(probe)])
        assert finding.verdict is Verdict.FAILED
        assert f"by the kubelet, since its {probe}Probe failed" in finding.message
        assert two([*crash(SECOND), killed(probe)]).verdict is Verdict.FAILED
    of_another = replace(killed("liveness"), name="gateway-deployment-a")
    assert seen([*crash(), of_another]).verdict is Verdict.PASSED
    before = [pod(20.0, "a", False, restarts=0), pod(21.0, "a", True, restarts=1)]
    again = [pod(30.0, "a", False, restarts=1), pod(31.0, "a", True, restarts=2)]
    told = [*crash()[:3], *before, *again, *answers(5.0, 40.0, "1.0.0")]
    assert seen([*told, replace(killed("liveness"), at=19.0)]).found == "restarts 1→2", "that was the run before"
    stopped = EventSeen(29.0, "Pod", "user-deployment-a", "Normal", "Killing", "Stopping container user")
    assert seen([*crash(), stopped]).verdict is Verdict.PASSED


def test_a_restart_by_a_change_of_the_pod_itself_is_no_crash() -> None:
    """kubectl set image pod/NAME on v1.34.2: the kubelet starts the container of the same pod anew."""
    changed = replace(killed("liveness"), message="Container user definition changed, will be restarted")
    finding = seen([*crash(), changed])
    assert finding.verdict is Verdict.FAILED
    assert "since the image or another field of the pod itself was changed: that was no crash" in finding.message
    assert two([*crash(SECOND), changed]).verdict is Verdict.FAILED


def test_a_container_that_was_killed_for_its_memory_crashed() -> None:
    """OutOfMemory is what the Crash button stands for."""
    told = [
        replace(e, exit_code=137, reason="OOMKilled") if e.at in (30.0, 31.0) and isinstance(e, PodChanged) else e
        for e in crash()
    ]
    assert seen(told).verdict is Verdict.PASSED


# Two pods.


def test_errors_because_the_gateway_was_gone_are_not_put_on_user() -> None:
    gone = [
        EndpointsChanged(2.0, "gateway", ("g1",)),
        EndpointsChanged(31.0, "gateway", ()),
        EndpointsChanged(33.0, "gateway", ("g2",)),
    ]
    told = failing(crash(SECOND), 31.0, 33.0)
    finding = two([*told, *gone])
    assert finding.verdict is Verdict.UNKNOWN
    assert "the gateway itself could not be reached: they say nothing of user" in finding.message
    assert "gateway" in finding.hint
    assert two(told).verdict is Verdict.FAILED, "the same without a change of the gateway"
    long_before = [replace(entry, at=entry.at - 25.0) for entry in gone]
    assert two([*told, *long_before]).verdict is Verdict.FAILED, "it had answered since"


def test_errors_of_a_gateway_that_was_gone_just_then_were_not_on_their_way_to_user() -> None:
    """As seen on v1.34.2, where the gateway's pod was deleted in the second of the crash."""
    gone = [
        EndpointsChanged(2.0, "gateway", ("g1",)),
        EndpointsChanged(30.2, "gateway", ()),
        EndpointsChanged(31.0, "gateway", ("g2",)),
    ]
    finding = two([*failing(crash(SECOND), 30.0, 31.4), *gone])
    assert finding.verdict is Verdict.PASSED
    assert "5 calls, 3 errors (3 x refused) that did not reach the gateway itself." in finding.message
    assert "on their way" not in finding.message


def test_a_kubelet_that_notices_late_leaves_no_error_out() -> None:
    """Its own time of the end tells when the calls began to fail, where its clock is ours."""

    def ended(at: float, told: list[Entry]) -> list[Entry]:
        return [replace(e, finished=at) if isinstance(e, PodChanged) and e.restarts else e for e in told]

    late = failing(crash(SECOND), 25.0, 30.5)
    finding = two(ended(25.0, late))
    assert finding.verdict is Verdict.PASSED
    assert "11 errors (11 x refused) at the moment of the crash itself" in finding.message
    assert "6 errors (6 x refused)" in two(ended(5.0, late)).message
    assert "24 errors (24 x refused) in 12.0 s" in seen(ended(25.0, failing(crash(again=31.0), 25.0, 37.0))).message


def around(told: list[Entry], since: float) -> list[Entry]:
    return [replace(e, via="service-proxy") if isinstance(e, Answered) and e.at >= since else e for e in told]


def test_errors_of_a_node_port_that_was_left_then_are_not_put_on_user() -> None:
    """A tunnel to the node ended; the gateway was well all the time."""
    failed = failing(crash(SECOND), 31.0, 34.0)
    assert two(failed).verdict is Verdict.FAILED
    finding = two(around(failed, 34.0))
    assert finding.verdict is Verdict.UNKNOWN
    assert "6 errors (6 x refused) meanwhile, in which the gateway itself could not be reached" in finding.message
    hanging = [replace(e, error="timeout") if isinstance(e, Answered) and e.error else e for e in failed]
    assert two(around(hanging, 34.0)).verdict is Verdict.FAILED, "a program may hang behind the gateway"


def test_a_gateway_that_restarted_is_one_that_was_gone() -> None:
    gateway = pod(2.0, "g", True, deployment="gateway-deployment")
    behind = EndpointsChanged(2.0, "gateway", ("user-deployment-g",))
    restarted = replace(gateway, at=31.5, restarts=1)
    told = [*failing(crash(SECOND), 32.0, 33.5), gateway, behind, restarted]
    assert two(told).verdict is Verdict.UNKNOWN


def test_calls_around_the_gateway_are_not_its_own() -> None:
    """Through the service proxy user is asked directly."""
    gone = [EndpointsChanged(2.0, "gateway", ("g1",)), EndpointsChanged(31.0, "gateway", ())]
    told = failing(crash(SECOND), 32.0, 33.5)
    told = [replace(entry, via="service-proxy") if isinstance(entry, Answered) else entry for entry in told]
    assert two([*told, *gone]).verdict is Verdict.FAILED


def test_the_second_pod_that_was_down_too_is_named() -> None:
    other = [pod(31.5, "b", False), pod(33.0, "b", True)]
    finding = two([*failing(crash(SECOND), 32.0, 34.0), *other])
    assert finding.verdict is Verdict.FAILED
    assert "while user-deployment-b was down, too" in finding.message


def test_a_pod_that_was_deleted_has_not_crashed() -> None:
    told = [
        *crash(SECOND)[:4],
        pod(30.0, "b", False, terminating=True),
        pod(31.0, "c", True),
        pod(32.0, "b", False, terminating=True, gone=True),
    ]
    finding = two(told)
    assert finding.verdict is Verdict.FAILED
    assert "a pod that is deleted is replaced by a new one" in finding.message


def test_a_crash_that_waits_for_its_restart_is_a_crash() -> None:
    """After several crashes that takes longer."""
    told = [*crash(SECOND, again=None)[:5], *answers(5.0, 60.0, "1.0.0")]
    finding = two(told)
    assert finding.verdict is Verdict.FAILED
    assert "its restart has not been seen yet" in finding.message
    assert finding.hint.startswith("Wait")


def test_the_calls_before_the_crash_are_not_among_those_that_the_other_pod_answered() -> None:
    finding = two(crash(SECOND))
    assert finding.verdict is Verdict.PASSED
    assert "was back after 4.0 s; user-deployment-b answered meanwhile: 8 calls, no error" in finding.message


def test_a_crash_between_two_calls_proves_nothing() -> None:
    told = without(crash(SECOND, again=31.9), 29.9, 32.0)
    assert two(told).verdict is Verdict.UNKNOWN


def test_a_crash_of_two_pods_without_a_probe_is_not_over_when_the_pod_counts_as_ready() -> None:
    """As seen on v1.34.2: READY was down for a second, and no call met the pod until its program answered."""
    told = [
        replace(entry, readiness=False) if isinstance(entry, DeploymentChanged) else entry
        for entry in crash(SECOND, again=31.1)
    ]
    finding = two(told)
    assert finding.verdict is Verdict.FAILED
    assert "has no readinessProbe: the pod counts as ready before its program answers" in finding.message


def test_of_three_pods_those_are_named_that_answered() -> None:
    """The answers tell when their program was started, where they do."""
    third = pod(3.0, "c", True, started=20.0)
    told = [
        replace(entry, pod_started="21500") if isinstance(entry, Answered) and entry.at < 33.0 else entry
        for entry in crash(SECOND, third)
    ]
    finding = two(told)
    assert "b answered meanwhile" not in finding.message
    assert "c answered meanwhile: 6 of 8 calls" in finding.message


def test_one_of_two_is_judged_a_moment_after_it_is_back() -> None:
    told = crash(SECOND)
    assert two(until(told, 34.5), 34.5).verdict is Verdict.FAILED
    assert two(until(told, 36.5), 36.5).verdict is Verdict.PASSED


def test_errors_right_after_the_pod_is_back_belong_to_its_crash() -> None:
    """It counted as ready before its program answered."""
    finding = two(failing(crash(SECOND), 34.0, 35.5))
    assert finding.verdict is Verdict.FAILED
    assert "3 errors (3 x refused)" in finding.message
