"""Autoscalers: how many replicas the use of the pods asks for, how fast, and what is said. Texts of v1.34.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.practice.controllers.cluster import Cluster, deployment
from tutor.kube.times import format_unix
from tutor.practice.controllers import autoscaler_limits, autoscaler_replicas
from tutor.practice.controllers.autoscaler import AutoscalerController
from tutor.practice.controllers.autoscaler_limits import History
from tutor.practice.controllers.autoscaler_replicas import NoFigure, by_amount, by_utilization
from tutor.practice.controllers.loop import ControllerLoop

NOW = 1_760_000_000.0


def pod(
    name: str, *, cpu: str | None = "100m", ready: bool = True, started: float = 1000, **status: Any
) -> dict[str, Any]:
    """`started`: seconds ago; ready since a second later."""
    resources = {"requests": {"cpu": cpu}} if cpu else {}
    condition = {
        "type": "Ready",
        "status": str(ready),
        "lastTransitionTime": format_unix(NOW - started + 1),
    }
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "a", "resources": resources}]},
        "status": {
            "phase": "Running",
            "startTime": format_unix(NOW - started),
            "conditions": [condition],
            **status,
        },
    }


def usage(**amounts: int) -> dict[str, dict[str, int]]:
    return {name: {"a": amount} for name, amount in amounts.items()}


@pytest.mark.parametrize(
    ("pods", "used", "current", "replicas", "utilization"),
    [
        ([pod("p")], usage(p=50), 1, 1, 50),
        ([pod("p")], usage(p=54), 1, 1, 54),
        ([pod("p")], usage(p=56), 1, 2, 56),
        ([pod("p")], usage(p=300), 1, 6, 300),
        ([pod("p"), pod("q")], usage(p=20, q=20), 2, 1, 20),
        ([pod("p"), pod("q"), pod("r")], usage(p=100, q=100, r=100), 3, 6, 100),
        # One without figures counts as nothing on the way up …
        ([pod("p"), pod("q")], usage(p=200), 2, 4, 200),
        # … and as all that it asked for on the way down.
        ([pod("p"), pod("q")], usage(p=10), 2, 2, 10),
        # One that has just started counts as nothing on the way up.
        ([pod("p"), pod("q", started=10)], usage(p=200, q=900), 2, 4, 200),
        ([pod("p"), pod("q", ready=False)], usage(p=120, q=10), 2, 3, 120),
        ([pod("p"), pod("q", phase="Pending")], usage(p=120), 2, 3, 120),
        ([pod("p"), pod("q", phase="Failed")], usage(p=120), 2, 3, 120),
    ],
    ids=[
        "at the target",
        "within a tenth",
        "a tenth above",
        "six times the target",
        "less than half",
        "three pods",
        "missing figures going up",
        "missing figures going down",
        "a pod that starts",
        "a pod that was never ready",
        "a pending pod",
        "a failed pod is not counted",
    ],
)
def test_replicas_for_a_utilization_of_fifty_percent(
    pods: list[dict[str, Any]], used: dict[str, dict[str, int]], current: int, replicas: int, utilization: int
) -> None:
    proposal = by_utilization(pods, used, "cpu", 50, current, NOW)
    assert (proposal.replicas, proposal.utilization) == (replicas, utilization)


@pytest.mark.parametrize(
    ("pods", "used", "text"),
    [
        (
            [pod("p")],
            {},
            "unable to get metrics for resource cpu: no metrics returned from resource metrics API",
        ),
        ([pod("p", cpu=None)], usage(p=1), "missing request for cpu in container a of Pod p"),
        ([], usage(p=1), "no pods returned by selector while calculating replica count"),
        (
            [pod("p", phase="Pending")],
            usage(p=1),
            "did not receive metrics for targeted pods (pods might be unready)",
        ),
    ],
)
def test_why_there_is_no_figure(pods: list[dict[str, Any]], used: dict[str, dict[str, int]], text: str) -> None:
    with pytest.raises(NoFigure) as problem:
        by_utilization(pods, used, "cpu", 50, 1, NOW)
    assert str(problem.value) == text


def test_replicas_for_an_average_amount() -> None:
    assert by_amount([pod("p"), pod("q")], usage(p=300, q=100), "cpu", 100, 2, NOW) == autoscaler_replicas.Proposal(
        4, None, 200
    )


SPEC = {"minReplicas": 1, "maxReplicas": 10}


@pytest.mark.parametrize(
    ("spec", "current", "desired", "final", "limited"),
    [
        (SPEC, 1, 3, 3, ("False", "DesiredWithinRange")),
        (SPEC, 1, 9, 4, ("True", "ScaleUpLimit")),
        (SPEC, 3, 9, 6, ("True", "ScaleUpLimit")),
        (SPEC, 6, 20, 10, ("True", "TooManyReplicas")),
        ({"minReplicas": 2, "maxReplicas": 10}, 3, 1, 2, ("True", "TooFewReplicas")),
        (
            {**SPEC, "behavior": {"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}}},
            2,
            8,
            3,
            ("True", "ScaleUpLimit"),
        ),
        ({**SPEC, "behavior": {"scaleUp": {"selectPolicy": "Disabled"}}}, 2, 8, 2, ("True", "ScaleUpLimit")),
        (
            {
                **SPEC,
                "behavior": {
                    "scaleDown": {
                        "stabilizationWindowSeconds": 0,
                        "policies": [{"type": "Percent", "value": 50, "periodSeconds": 60}],
                    }
                },
            },
            8,
            1,
            4,
            ("True", "ScaleDownLimit"),
        ),
        (
            {
                **SPEC,
                "behavior": {
                    "scaleUp": {
                        "selectPolicy": "Min",
                        "policies": [
                            {"type": "Pods", "value": 1, "periodSeconds": 60},
                            {"type": "Percent", "value": 100, "periodSeconds": 60},
                        ],
                    }
                },
            },
            4,
            10,
            5,
            ("True", "ScaleUpLimit"),
        ),
    ],
)
def test_limits(spec: dict[str, Any], current: int, desired: int, final: int, limited: tuple[str, str]) -> None:
    chosen, conditions = autoscaler_limits.limit(spec, current, desired, History(), NOW)
    assert chosen == final
    assert conditions[-1][1:3] == limited


def test_a_lower_recommendation_waits_five_minutes() -> None:
    history = History()
    assert autoscaler_limits.limit(SPEC, 1, 4, history, NOW)[0] == 4
    size, conditions = autoscaler_limits.limit(SPEC, 4, 1, history, NOW + 290)
    assert size == 4
    assert conditions[0][2] == "ScaleDownStabilized"
    size, conditions = autoscaler_limits.limit(SPEC, 4, 1, history, NOW + 301)
    assert size == 1
    assert conditions[0][2] == "ReadyForNewScale"


def test_a_policy_counts_what_was_added_within_its_period() -> None:
    behavior = {"scaleUp": {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]}}
    spec = {**SPEC, "behavior": behavior}
    history = History()
    history.scaled(NOW - 30, 2, 3)
    assert autoscaler_limits.limit(spec, 3, 9, history, NOW)[0] == 4
    assert autoscaler_limits.limit(spec, 3, 9, history, NOW + 31)[0] == 5


class Measured:
    """What the node says: thousandths of a core of each pod, the same for all."""

    def __init__(self) -> None:
        self.cpu = 0

    def cpu_milli(self, pod: Mapping[str, Any]) -> Mapping[str, int]:
        return {"web": self.cpu} if self.cpu else {}

    def memory_bytes(self, pod: Mapping[str, Any]) -> Mapping[str, int]:
        return {"web": 1 << 20}


class Autoscaled(Cluster):
    def __init__(self) -> None:
        super().__init__()
        self.measured = Measured()
        controller = AutoscalerController(self.store, self.clock, self.recorder, self.measured)
        self.more = ControllerLoop(self.store, self.clock, [controller])

    async def wait(self, seconds: float) -> None:
        """In steps of the autoscaler's own period."""
        for _ in range(int(seconds / 15)):
            await super().wait(15)
            self.more.settle()
            self.settle()
            self.all_ready()

    def said(self, condition: str) -> tuple[str, str, str]:
        found = self.condition("HorizontalPodAutoscaler", "web", condition)
        assert found is not None
        return found["status"], found["reason"], found["message"]

    def status(self) -> dict[str, Any]:
        return dict(self.get("HorizontalPodAutoscaler", "web")["status"])


def autoscaler(name: str = "web", **spec: Any) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 50}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": 1,
            "maxReplicas": 4,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            **spec,
        },
    }


def requesting(cpu: str | None = "100m") -> dict[str, Any]:
    wanted = deployment()
    container = wanted["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"requests": {"cpu": cpu}} if cpu else {}
    return wanted


def started(cluster: Cluster) -> None:
    for pod in cluster.pods():
        status = {**pod["status"], "startTime": format_unix(cluster.clock.now() - 1000)}
        cluster.store.update({**pod, "status": status}, subresource="status")


async def test_replicas_follow_the_load_up_at_once_and_down_after_five_minutes() -> None:
    cluster = Autoscaled()
    cluster.create(requesting(), autoscaler())
    cluster.all_ready()
    started(cluster)
    cluster.measured.cpu = 150
    await cluster.wait(30)
    assert cluster.get("Deployment", "web")["spec"]["replicas"] == 3
    assert cluster.events("SuccessfulRescale") == [
        "New size: 3; reason: cpu resource utilization (percentage of request) above target"
    ]
    assert cluster.said("AbleToScale")[:2] == ("True", "SucceededRescale")
    assert cluster.said("ScalingActive") == (
        "True",
        "ValidMetricFound",
        "the HPA was able to successfully calculate a replica count from cpu resource utilization "
        "(percentage of request)",
    )
    status = cluster.status()
    assert (status["currentReplicas"], status["desiredReplicas"]) == (1, 3)
    assert status["currentMetrics"] == [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "current": {"averageUtilization": 150, "averageValue": "150m"}},
        }
    ]
    cluster.measured.cpu = 5
    await cluster.wait(240)
    assert cluster.get("Deployment", "web")["spec"]["replicas"] > 1
    await cluster.wait(360)
    assert cluster.get("Deployment", "web")["spec"]["replicas"] == 1
    assert cluster.events("SuccessfulRescale")[-1].endswith("; reason: All metrics below target")


async def test_bounds_are_kept_without_a_figure() -> None:
    cluster = Autoscaled()
    cluster.create(requesting(), autoscaler(minReplicas=2))
    await cluster.wait(30)
    assert cluster.get("Deployment", "web")["spec"]["replicas"] == 2
    assert cluster.events("SuccessfulRescale") == [
        "New size: 2; reason: Current number of replicas below Spec.MinReplicas"
    ]


async def test_a_missing_request_is_named() -> None:
    cluster = Autoscaled()
    cluster.create(requesting(None), autoscaler())
    cluster.all_ready()
    started(cluster)
    cluster.measured.cpu = 80
    await cluster.wait(30)
    name = cluster.pods()[0]["metadata"]["name"]
    text = f"failed to get cpu utilization: missing request for cpu in container web of Pod {name}"
    assert cluster.said("ScalingActive") == (
        "False",
        "FailedGetResourceMetric",
        f"the HPA was unable to compute the replica count: {text}",
    )
    assert cluster.events("FailedGetResourceMetric") == [text]
    assert cluster.events("FailedComputeMetricsReplicas") == [
        f"invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: {text}"
    ]


async def test_a_target_that_is_not_there_is_named() -> None:
    cluster = Autoscaled()
    cluster.create(autoscaler("nope"))
    await cluster.wait(30)
    assert cluster.said("AbleToScale") == (
        "False",
        "FailedGetScale",
        'the HPA controller was unable to get the target\'s current scale: deployments.apps "nope" not found',
    )
    assert cluster.events("FailedGetScale") == ['deployments.apps "nope" not found']


async def test_a_metric_of_an_api_that_is_not_there() -> None:
    cluster = Autoscaled()
    metric = {"type": "Pods", "pods": {"metric": {"name": "qps"}, "target": {"averageValue": "5"}}}
    cluster.create(requesting(), autoscaler(metrics=[metric]))
    await cluster.wait(30)
    text = (
        "unable to get metric qps: unable to fetch metrics from custom metrics API: "
        "no custom metrics API (custom.metrics.k8s.io) registered"
    )
    assert cluster.said("ScalingActive")[1:] == (
        "FailedGetPodsMetric",
        f"the HPA was unable to compute the replica count: {text}",
    )


async def test_a_target_scaled_to_nothing_stays_there() -> None:
    cluster = Autoscaled()
    wanted = requesting()
    wanted["spec"]["replicas"] = 0
    cluster.create(wanted, autoscaler())
    await cluster.wait(30)
    assert cluster.get("Deployment", "web")["spec"]["replicas"] == 0
    assert cluster.said("ScalingActive")[:2] == ("False", "ScalingDisabled")
