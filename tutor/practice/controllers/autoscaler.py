"""Keeps HorizontalPodAutoscalers: every 15 s, from the use of the pods' processes. Texts of v1.34.2 (recorded)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tutor.kube.conditions import condition
from tutor.kube.labels import matches
from tutor.kube.quantities import milli
from tutor.kube.refs import KINDS
from tutor.kube.times import Clock, format_unix
from tutor.practice.controllers import autoscaler_limits, autoscaler_replicas
from tutor.practice.controllers.autoscaler_limits import History
from tutor.practice.controllers.autoscaler_replicas import NoFigure, Proposal
from tutor.practice.controllers.controller import Key, Recorder, key_of
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

COMPONENT = "horizontal-pod-autoscaler"
PERIOD_SECONDS = 15.0
_HISTORY_SECONDS = 3600.0
_NO_CUSTOM = (
    "unable to fetch metrics from {which} metrics API: no {which} metrics API ({which}.metrics.k8s.io) registered"
)


class Figures(Protocol):
    """What the node measures; see `Kubelet`."""

    def cpu_milli(self, pod: Mapping[str, Any]) -> Mapping[str, int]: ...

    def memory_bytes(self, pod: Mapping[str, Any]) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class _Computed:
    """What the metrics say. `problem`: (reason, condition's text, error's text) where they say nothing."""

    replicas: int = 0
    metric: str = ""
    statuses: tuple[Object, ...] = ()
    problem: tuple[str, str, str] | None = None


class AutoscalerController:
    name = "horizontalpodautoscaler"

    def __init__(self, store: Store, clock: Clock, recorder: Recorder, figures: Figures) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder
        self._figures = figures
        self._histories: dict[Key, History] = {}
        self._due: dict[Key, float] = {}

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind != "HorizontalPodAutoscaler":
            return ()
        key = key_of(event.object)
        if event.type == "DELETED":
            self._histories.pop(key, None)
            self._due.pop(key, None)
            return ()
        if event.old is None:
            return [key]
        return [key] if event.old["spec"] != event.object["spec"] else ()

    def all_keys(self) -> Iterable[Key]:
        return [key_of(autoscaler) for autoscaler in self._store.list("HorizontalPodAutoscaler")]

    def reconcile(self, key: Key) -> float | None:
        autoscaler = self._store.get("HorizontalPodAutoscaler", *key)
        if autoscaler is None:
            return None
        now = self._clock.now()
        # As the real one: the first look comes a period after the autoscaler, and never two within one period.
        due = self._due.setdefault(key, now + PERIOD_SECONDS)
        if now < due:
            return due - now
        self._due[key] = now + PERIOD_SECONDS
        status = self._look(autoscaler, now)
        if status != autoscaler.get("status"):
            self._store.update({**autoscaler, "status": status}, subresource="status")
        return PERIOD_SECONDS

    # One look

    def _look(self, autoscaler: Object, now: float) -> Object:
        """Scales the target where it has to; returns the autoscaler's new status."""
        spec = autoscaler["spec"]
        status = dict(autoscaler.get("status") or {})
        conditions = _Conditions(status.get("conditions") or [], now)
        target, missing = self._target(autoscaler)
        if target is None:
            self._recorder.event(autoscaler, "Warning", "FailedGetScale", missing, COMPONENT)
            text = f"the HPA controller was unable to get the target's current scale: {missing}"
            conditions.set("AbleToScale", "False", "FailedGetScale", text)
            return {**status, "conditions": conditions.entries}
        text = "the HPA controller was able to get the target's current scale"
        conditions.set("AbleToScale", "True", "SucceededGetScale", text)
        history = self._histories.setdefault(key_of(autoscaler), History())
        history.forget(now - _HISTORY_SECONDS)
        current = int(target["spec"].get("replicas", 1))
        if not history.recommendations:
            history.recommendations.append((now, current))
        minimum = int(1 if spec.get("minReplicas") is None else spec["minReplicas"])
        desired, reason = current, ""
        if current == 0 and minimum:
            text = "scaling is disabled since the replica count of the target is zero"
            conditions.set("ScalingActive", "False", "ScalingDisabled", text)
            desired = 0
        elif current > int(spec["maxReplicas"]):
            desired, reason = int(spec["maxReplicas"]), "Current number of replicas above Spec.MaxReplicas"
        elif current < minimum:
            desired, reason = minimum, "Current number of replicas below Spec.MinReplicas"
        else:
            computed = self._compute(autoscaler, target, current, now)
            status["currentMetrics"] = list(computed.statuses) or None
            if computed.problem is not None:
                cause, message, error = computed.problem
                conditions.set("ScalingActive", "False", cause, message)
                self._recorder.event(autoscaler, "Warning", "FailedComputeMetricsReplicas", error, COMPONENT)
                status |= {"currentReplicas": current, "desiredReplicas": status.get("desiredReplicas", 0)}
                return {**status, "conditions": conditions.entries}
            text = f"the HPA was able to successfully calculate a replica count from {computed.metric}"
            conditions.set("ScalingActive", "True", "ValidMetricFound", text)
            desired, said = autoscaler_limits.limit(spec, current, computed.replicas, history, now)
            for entry in said:
                conditions.set(*entry)
            above = f"{computed.metric} above target"
            reason = above if desired > current else "All metrics below target"
        if desired != current:
            self._rescale(autoscaler, target, desired, reason, conditions)
            history.scaled(now, current, desired)
            status["lastScaleTime"] = format_unix(now)
        status |= {"currentReplicas": current, "desiredReplicas": desired, "conditions": conditions.entries}
        return status

    def _target(self, autoscaler: Object) -> tuple[Object | None, str]:
        """(what is scaled, "") or (None, why not)."""
        reference = autoscaler["spec"]["scaleTargetRef"]
        kind, name = str(reference.get("kind", "")), str(reference.get("name", ""))
        group = str(reference.get("apiVersion", "")).rpartition("/")[0]
        if kind not in ("Deployment", "ReplicaSet") or group != KINDS[kind].group:
            return None, f'no matches for kind "{kind}" in group "{group}"'
        found = self._store.get(kind, autoscaler["metadata"]["namespace"], name)
        return found, f'{KINDS[kind].plural}.{group} "{name}" not found'

    def _rescale(self, autoscaler: Object, target: Object, size: int, reason: str, conditions: _Conditions) -> None:
        self._store.update({**target, "spec": {**target["spec"], "replicas": size}})
        text = f"the HPA controller was able to update the target scale to {size}"
        conditions.set("AbleToScale", "True", "SucceededRescale", text)
        self._recorder.event(
            autoscaler, "Normal", "SuccessfulRescale", f"New size: {size}; reason: {reason}", COMPONENT
        )

    # Metrics

    def _compute(self, autoscaler: Object, target: Object, current: int, now: float) -> _Computed:
        """The metric that asks for the most replicas decides."""
        namespace = autoscaler["metadata"]["namespace"]
        selector = target["spec"].get("selector")
        pods = [
            pod for pod in self._store.list("Pod", namespace) if matches(selector, pod["metadata"].get("labels") or {})
        ]
        metrics = autoscaler["spec"].get("metrics") or []
        best: tuple[int, str] | None = None
        statuses: list[Object] = []
        failures: list[tuple[str, str, str]] = []
        for metric in metrics:
            try:
                replicas, name, status = self._metric(metric, pods, current, now)
            except _Failed as failed:
                statuses.append({"type": ""})
                self._recorder.event(autoscaler, "Warning", failed.reason, str(failed), COMPONENT)
                failures.append((failed.reason, str(failed), failed.prefix + str(failed)))
                continue
            statuses.append(status)
            if best is None or replicas > best[0]:
                best = replicas, name
        if failures and (best is None or best[0] < current):
            reason, text, error = failures[0]
            summary = f"invalid metrics ({len(failures)} invalid out of {len(metrics)}), first error is: {error}"
            message = f"the HPA was unable to compute the replica count: {text}"
            return _Computed(statuses=tuple(statuses), problem=(reason, message, summary))
        return _Computed(*(best or (current, "")), statuses=tuple(statuses))

    def _metric(self, metric: Object, pods: list[Object], current: int, now: float) -> tuple[int, str, Object]:
        """(replicas, what it is called, its status). Raises: `_Failed`."""
        kind = str(metric.get("type", ""))
        if kind not in ("Resource", "ContainerResource"):
            raise _unsupported(metric, kind)
        field = kind[0].lower() + kind[1:]
        source = metric[field]
        resource, container = str(source["name"]), str(source.get("container", ""))
        target = source.get("target") or {}
        usage = self._usage(pods, resource)
        prefix = f"failed to get {resource} {'container ' if container else ''}resource metric value: "
        try:
            if target.get("averageValue") is not None:
                what = f"failed to get {resource} usage: "
                wanted = milli(target["averageValue"])
                proposal = autoscaler_replicas.by_amount(pods, usage, resource, wanted, current, now, container)
                name = f"{resource} {'container ' if container else ''}resource"
            elif target.get("averageUtilization") is not None:
                what = f"failed to get {resource} utilization: "
                wanted = int(target["averageUtilization"])
                proposal = autoscaler_replicas.by_utilization(pods, usage, resource, wanted, current, now, container)
                name = f"{resource} {'container ' if container else ''}resource utilization (percentage of request)"
            else:
                what = ""
                raise NoFigure("invalid resource metric source: neither an average utilization nor an average value")
        except NoFigure as problem:
            raise _Failed(f"FailedGet{kind}Metric", what + str(problem), prefix) from problem
        return proposal.replicas, name, _status(kind, field, resource, container, proposal)

    def _usage(self, pods: list[Object], resource: str) -> dict[str, Mapping[str, int]]:
        result: dict[str, Mapping[str, int]] = {}
        for pod in pods:
            if resource == "cpu":
                found: Mapping[str, int] = self._figures.cpu_milli(pod)
            elif resource == "memory":
                found = {name: amount * 1000 for name, amount in self._figures.memory_bytes(pod).items()}
            else:
                found = {}
            if found:
                result[pod["metadata"]["name"]] = found
        return result


class _Failed(Exception):
    """A metric without a figure. `prefix` stands before the text in the summary of all metrics."""

    def __init__(self, reason: str, text: str, prefix: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.prefix = prefix


def _unsupported(metric: Object, kind: str) -> _Failed:
    """Pods, Object and External need an API that this cluster, like most, does not have."""
    source = metric.get(kind[:1].lower() + kind[1:]) or {}
    name = (source.get("metric") or {}).get("name", "")
    which = "external" if kind == "External" else "custom"
    text = f"unable to get {'external ' if kind == 'External' else ''}metric {name}: " + _NO_CUSTOM.format(which=which)
    return _Failed(f"FailedGet{kind}Metric", text, f"failed to get {kind.lower()} metric value: ")


def _status(kind: str, field: str, resource: str, container: str, proposal: Proposal) -> Object:
    current: Object = {"averageValue": _quantity(proposal.average)}
    if proposal.utilization is not None:
        current["averageUtilization"] = proposal.utilization
    body: Object = {"name": resource, "current": current}
    if container:
        body["container"] = container
    return {"type": kind, field: body}


def _quantity(thousandths: int) -> str:
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


class _Conditions:
    """In their order; the transition time follows the status."""

    def __init__(self, entries: Iterable[Object], now: float) -> None:
        self.entries = [dict(entry) for entry in entries]
        self._now = now

    def set(self, kind: str, status: str, reason: str, message: str) -> None:
        old = condition({"status": {"conditions": self.entries}}, kind)
        same = old is not None and old["status"] == status
        time = old["lastTransitionTime"] if old is not None and same else format_unix(self._now)
        new = {"type": kind, "status": status, "lastTransitionTime": time, "reason": reason, "message": message}
        if old is None:
            self.entries.append(new)
        else:
            self.entries[self.entries.index(old)] = new
