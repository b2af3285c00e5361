"""environment, cpu-request and autoscaler: the references pass, and each change that matters fails at its place."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.checks.input import CheckInput
from tutor.checks.manifest.autoscaler import autoscaler
from tutor.checks.manifest.cpu_request import cpu_request
from tutor.checks.manifest.environment import environment
from tutor.core.finding import Finding, Verdict
from tutor.core.manifest import parse_manifest
from tutor.core.timeline import Timeline

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-deployment
spec:
  template:
    spec:
      containers:
        - name: side
          resources: {requests: {cpu: 50m}}
        - name: app
          image: app:1
          env:
            - name: APP_HOST
              value: host
            - name: APP_PORT
              value: "1"
          resources:
            requests:
              cpu: 100m
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: app
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: app-deployment
  minReplicas: 2
  maxReplicas: 5
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 50
"""


def given(text: str, **params: Any) -> CheckInput:
    return CheckInput({"a.yaml": parse_manifest("a.yaml", text.encode())}, None, Timeline(), 0.0, 0.0, params)


def env(text: str) -> list[Finding]:
    params = {"deployment": "app-deployment", "container": "app", "names": ["APP_HOST", "APP_PORT"]}
    return environment(given(text, **params))


def cpu(text: str) -> list[Finding]:
    return cpu_request(given(text, deployment="app-deployment", container="app"))


def scale(text: str) -> list[Finding]:
    return autoscaler(given(text, name="app", deployment="app-deployment"))


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def verdict(findings: list[Finding]) -> Verdict:
    assert findings
    (one,) = {finding.verdict for finding in findings}
    return one


def test_what_is_right_passes() -> None:
    assert verdict(env(DEPLOYMENT)) is Verdict.PASSED
    assert verdict(cpu(DEPLOYMENT)) is Verdict.PASSED
    assert verdict(scale(AUTOSCALER)) is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value: "1"', "valueFrom: {configMapKeyRef: {name: a, key: b}}"),
        ("          env:\n", "          envFrom: [{configMapRef: {name: a}}]\n          env:\n"),
        ("value: host", "value: other"),
    ],
)
def test_other_right_environments_pass(old: str, new: str) -> None:
    assert verdict(env(changed(DEPLOYMENT, old, new))) is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("APP_PORT", "APP_PROT", 16, "does not get the variable APP_PORT"),
        ('value: "1"', 'value: ""', 16, "The variable APP_PORT of the container app has no value"),
        ("            - name: APP_HOST\n              value: host\n", "", 14, "does not get the variable APP_HOST"),
        ("- name: app\n", "- name: ap\n", 8, "has no container app"),
        ("name: app-deployment", "name: app", None, "No file defines the Deployment app-deployment"),
    ],
)
def test_a_wrong_environment_fails_at_its_line(old: str, new: str, line: int | None, message: str) -> None:
    (finding,) = env(changed(DEPLOYMENT, old, new))
    assert finding.verdict is Verdict.FAILED
    assert message in finding.message
    assert finding.line == line


def test_an_environment_written_as_a_map_is_explained() -> None:
    text = DEPLOYMENT.split("          env:")[0] + "          env:\n            APP_HOST: host\n"
    (finding,) = env(text)
    assert (finding.verdict, finding.message) == (Verdict.FAILED, "env is a list of names and values.")


@pytest.mark.parametrize("amount", ["0.1", '"0.1"', "1", "250m"])
@pytest.mark.parametrize("part", ["requests", "limits"])
def test_every_amount_of_cpu_passes(amount: str, part: str) -> None:
    assert verdict(cpu(changed(changed(DEPLOYMENT, "100m", amount), "requests", part))) is Verdict.PASSED


def test_a_container_beside_it_must_request_cpu_too() -> None:
    """Without it the autoscaler measures no pod at all: "missing request for cpu in container side"."""
    (finding,) = cpu(changed(DEPLOYMENT, "          resources: {requests: {cpu: 50m}}\n", ""))
    assert finding.verdict is Verdict.FAILED
    assert finding.message.startswith("The container side requests no CPU, and an autoscaler measures a pod only when")
    assert finding.line == 9


def test_a_container_beside_it_does_not_matter_where_one_is_measured_alone() -> None:
    metric = "{type: ContainerResource, containerResource: {name: cpu, container: app}}"
    measured = f"---\nkind: HorizontalPodAutoscaler\nspec:\n  metrics: [{metric}]\n"
    assert (
        verdict(cpu(changed(DEPLOYMENT, "          resources: {requests: {cpu: 50m}}\n", "") + measured))
        is Verdict.PASSED
    )


def test_a_request_of_the_whole_pod_passes() -> None:
    text = changed(DEPLOYMENT, "          resources:\n            requests:\n              cpu: 100m\n", "")
    text = changed(text, "      containers:", "      resources: {requests: {cpu: 300m}}\n      containers:")
    assert verdict(cpu(text)) is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("              cpu: 100m\n", "              memory: 1Gi\n", "requests no CPU"),
        ("100m", "0", "is no amount of CPU"),
        ("100m", "much", "is no amount of CPU"),
        ("100m", "[1]", "is no amount of CPU"),
        ("- name: app\n", "- name: ap\n", "has no container app"),
    ],
)
def test_no_cpu_request_fails(old: str, new: str, message: str) -> None:
    (finding,) = cpu(changed(DEPLOYMENT, old, new))
    assert finding.verdict is Verdict.FAILED
    assert message in finding.message
    assert finding.line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  minReplicas: 2\n", ""),
        (AUTOSCALER[AUTOSCALER.index("  metrics:") :], ""),
        ("type: Utilization\n          averageUtilization: 50", "type: AverageValue\n          averageValue: 50m"),
        ("metrics:\n", "metrics:\n    - {type: Resource, resource: {name: memory}}\n"),
        ("autoscaling/v2", "autoscaling/v1"),
    ],
)
def test_other_right_autoscalers_pass(old: str, new: str) -> None:
    assert verdict(scale(changed(AUTOSCALER, old, new))) is Verdict.PASSED


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("name: app-deployment", "name: app", 9, "does not point at the Deployment app-deployment"),
        ("kind: Deployment", "kind: Service", 8, "does not point at the Deployment app-deployment"),
        ("maxReplicas: 5", "maxReplicas: 2", 10, "no room between"),
        ("  maxReplicas: 5\n", "", 5, "no upper bound"),
        ("name: cpu", "name: memory", 15, "looks at memory, and not at the use of CPU"),
        ("      resource:", "      resources:", 12, "does not look at the use of CPU"),
        ("averageUtilization: 50", "averageUtilization: 0", 12, "does not look at the use of CPU"),
        ("name: app\n", "name: other\n", None, "No file defines the HorizontalPodAutoscaler app"),
    ],
)
def test_an_autoscaler_that_cannot_act_fails_at_its_line(old: str, new: str, line: int | None, message: str) -> None:
    (finding, *_) = scale(changed(AUTOSCALER, old, new))
    assert finding.verdict is Verdict.FAILED
    assert message in finding.message
    assert line is None or abs((finding.line or 0) - line) <= 1
