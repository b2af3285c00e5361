"""Probes: when they are made, what they change, and what is said. Source: kubelet prober/worker.go, v1.34."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.kubelet.doubles import Node, pod
from tutor.practice.kubelet.probe_state import Outcome

HTTP = {"httpGet": {"path": "/", "port": 8080}}
TCP = {"tcpSocket": {"port": 8080}}
EXEC = {"exec": {"command": ["true"]}}


def ready(node: Node) -> bool:
    return bool(node.container()["ready"])


async def test_a_container_is_ready_once_its_probe_succeeds(node: Node) -> None:
    await node.create(pod(readinessProbe={**HTTP, "periodSeconds": 5}))
    assert not ready(node)
    await node.clock.advance(1.1)
    assert ready(node)
    assert node.condition("Ready")["status"] == "True"


async def test_the_initial_delay_is_kept(node: Node) -> None:
    await node.create(pod(readinessProbe={**HTTP, "periodSeconds": 1, "initialDelaySeconds": 5}))
    await node.clock.advance(4.5)
    assert node.prober.tries == []
    await node.clock.advance(1)
    assert ready(node)


async def test_readiness_is_lost_after_three_failures_and_won_back_by_one(node: Node) -> None:
    await node.create(pod(readinessProbe={**HTTP, "periodSeconds": 2}))
    await node.clock.advance(1.5)
    node.prober.answers["http"] = Outcome(False, "HTTP probe failed with statuscode: 500")
    await node.clock.advance(4)
    assert ready(node)
    await node.clock.advance(2)
    assert not ready(node)
    assert node.events.messages("Unhealthy") == ["Readiness probe failed: HTTP probe failed with statuscode: 500"] * 3
    del node.prober.answers["http"]
    await node.clock.advance(2)
    assert ready(node)
    assert node.runtime.last.signals == []


async def test_the_success_threshold_is_counted_in_a_row(node: Node) -> None:
    await node.create(pod(readinessProbe={**HTTP, "periodSeconds": 1, "successThreshold": 3}))
    await node.clock.advance(2.5)
    assert not ready(node)
    await node.clock.advance(1)
    assert ready(node)


async def test_a_failed_liveness_probe_restarts_without_showing_an_end(node: Node) -> None:
    node.prober.answers["tcp"] = Outcome(False, "dial tcp 10.244.0.2:8080: connect: connection refused")
    await node.create(pod(livenessProbe={**TCP, "periodSeconds": 1, "failureThreshold": 2}))
    await node.clock.advance(2.5)
    assert node.transitions()[2:] == [
        "MODIFIED Running ip running/-/0 ready=T net=T",
        "MODIFIED Running ip running/Error:143/1 ready=T net=T",
    ]
    assert node.events.messages("Killing") == ["Container gateway failed liveness probe, will be restarted"]


async def test_the_kubelet_s_own_kills_wait_from_the_third_on(node: Node) -> None:
    node.prober.answers["tcp"] = Outcome(False, "refused")
    await node.create(pod(livenessProbe={**TCP, "periodSeconds": 1, "failureThreshold": 1}))
    await node.clock.advance(1.2)
    assert node.container()["restartCount"] == 1
    await node.clock.advance(1.2)
    assert node.container()["restartCount"] == 2
    await node.clock.advance(1.2)
    assert node.container()["state"]["waiting"]["reason"] == "CrashLoopBackOff"


async def test_a_liveness_probe_of_a_pod_that_never_restarts_fails_it(node: Node) -> None:
    node.prober.answers["tcp"] = Outcome(False, "refused")
    made = pod(livenessProbe={**TCP, "periodSeconds": 1, "failureThreshold": 1})
    made["spec"]["restartPolicy"] = "Never"
    await node.create(made)
    await node.clock.advance(2)
    assert node.status()["phase"] == "Failed"
    assert len(node.runtime.processes) == 1


async def test_other_probes_wait_for_the_startup_probe(node: Node) -> None:
    node.prober.answers["tcp"] = Outcome(False, "refused")
    probes = {"startupProbe": {**TCP, "periodSeconds": 1, "failureThreshold": 10}, "readinessProbe": HTTP}
    await node.create(pod(**probes, livenessProbe=EXEC))
    await node.clock.advance(4)
    assert set(node.prober.tries) == {"tcp"}
    assert node.container()["started"] is False
    del node.prober.answers["tcp"]
    await node.clock.advance(1)
    assert node.container()["started"] is True
    assert ready(node)
    tries = node.prober.tries.count("tcp")
    await node.clock.advance(20)
    assert node.prober.tries.count("tcp") == tries


async def test_a_failed_startup_probe_restarts(node: Node) -> None:
    node.prober.answers["tcp"] = Outcome(False, "refused")
    await node.create(pod(startupProbe={**TCP, "periodSeconds": 1, "failureThreshold": 2}))
    await node.clock.advance(2.5)
    assert node.events.messages("Killing") == ["Container gateway failed startup probe, will be restarted"]
    assert node.container()["restartCount"] == 1


async def test_what_could_not_be_tried_counts_for_nothing_and_is_said(node: Node) -> None:
    node.prober.answers["http"] = Outcome(False, 'strconv.Atoi: parsing "web": invalid syntax', errored=True)
    await node.create(pod(livenessProbe={**HTTP, "periodSeconds": 1, "failureThreshold": 1}))
    await node.clock.advance(3)
    assert node.container()["restartCount"] == 0
    assert node.events.messages("Unhealthy")[0] == (
        'Liveness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax'
    )


async def test_while_a_pod_ends_liveness_stops_and_readiness_goes_on(node: Node) -> None:
    node.runtime.ignores_term = True
    await node.create(pod(readinessProbe={**HTTP, "periodSeconds": 1}, livenessProbe={**EXEC, "periodSeconds": 1}))
    await node.clock.advance(2)
    node.store.delete("Pod", "default", "web")
    await node.clock.advance(1.1)
    node.prober.tries.clear()
    await node.clock.advance(5)
    assert "exec" not in node.prober.tries
    assert "http" in node.prober.tries


@pytest.mark.parametrize("kind", ["livenessProbe", "startupProbe", "readinessProbe"])
async def test_probes_end_with_the_container(node: Node, kind: str) -> None:
    probe: dict[str, Any] = {**HTTP, "periodSeconds": 1, "failureThreshold": 100}
    node.prober.answers["http"] = Outcome(False, "refused")
    made = pod(**{kind: probe})
    made["spec"]["restartPolicy"] = "Never"
    await node.create(made)
    await node.clock.advance(2)
    node.runtime.last.exit(0)
    await node.clock.advance(1)
    node.prober.tries.clear()
    await node.clock.advance(10)
    assert node.prober.tries == []
