"""The autoscaler knows the load and has changed the number of replicas; if not, what it lacks."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.evidence import clock_time
from tutor.core.finding import Finding
from tutor.core.snapshot import KubeObject
from tutor.kube.conditions import condition
from tutor.kube.times import unix

SAY = Say("autoscaler-acts", "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/")


@rule("autoscaler-acts", Level.LIVE, {"name": str})
def autoscaler_acts(given: CheckInput) -> list[Finding]:
    """The autoscaler measures the load and has changed the number of replicas since the step began."""
    name = str(given.params["name"])
    if missing := SAY.without_cluster(given, "HorizontalPodAutoscaler"):
        return missing
    assert given.snapshot is not None
    autoscaler = given.snapshot.get("HorizontalPodAutoscaler", name)
    if autoscaler is None:
        return SAY.failed(f"There is no HorizontalPodAutoscaler {name} in the cluster.", hint="Apply its file.")
    if (trouble := _trouble(autoscaler, name)) is not None:
        return trouble
    status = autoscaler.get("status") or {}
    now, wanted = status.get("currentReplicas", 0), status.get("desiredReplicas", 0)
    scaled = status.get("lastScaleTime")
    if scaled and unix(scaled) >= given.since - 1:
        return SAY.passed(
            f"{name} changed the number of replicas at {clock_time(unix(scaled))}: {now} run, {wanted} are wanted.",
            found=f"{now} replicas",
        )
    return SAY.failed(
        f"{name} measures the load ({_load(autoscaler)}), and has not changed the number of replicas yet: {now} run.",
        found=f"{now} replicas",
        expected="more replicas under load",
        hint="Let more traffic through for a minute; the autoscaler looks every 15 s.",
    )


def _trouble(autoscaler: KubeObject, name: str) -> list[Finding] | None:
    able, active = condition(autoscaler, "AbleToScale"), condition(autoscaler, "ScalingActive")
    if able is not None and able.get("status") == "False":
        return SAY.failed(
            f"{name} cannot scale: {able.get('message', '')}", hint="Compare scaleTargetRef with the name."
        )
    if active is None:
        return SAY.failed(f"{name} has not measured anything yet.", hint="It looks every 15 s: wait a moment.")
    if active.get("status") == "True":
        return None
    said = str(active.get("message") or "")
    if "missing request" in said:
        return SAY.failed(
            f"{name} does not know the load (<unknown>): the container has no cpu request, and the target is"
            " a share of it.",
            found="<unknown>",
            hint="Set resources.requests.cpu in the pod template and apply it.",
        )
    if "metrics.k8s.io" in said or "no metrics returned" in said or "unable to fetch metrics" in said:
        return SAY.failed(
            f"{name} does not know the load (<unknown>): the cluster has no metrics-server, or it has nothing yet.",
            found="<unknown>",
            hint="minikube addons enable metrics-server, then wait a minute.",
        )
    if active.get("reason") == "ScalingDisabled":
        return SAY.failed(f"{name} is switched off: {said}", hint="The Deployment has 0 replicas.")
    return SAY.failed(f"{name} does not know the load: {said}", hint="kubectl describe hpa shows its conditions.")


def _load(autoscaler: KubeObject) -> str:
    for metric in (autoscaler.get("status") or {}).get("currentMetrics") or []:
        current = (metric.get("resource") or {}).get("current") or {}
        if "averageUtilization" in current:
            return f"{(metric.get('resource') or {}).get('name', 'cpu')} {current['averageUtilization']} %"
    return "no figure yet"
