"""Nouns of the API's types, and how a value is told to somebody who has never seen YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema import types

_NOUNS: Mapping[str, str] = {
    "apps.v1.Deployment": "a Deployment",
    "apps.v1.DeploymentSpec": "a Deployment's spec",
    "apps.v1.DeploymentStrategy": "a Deployment's strategy",
    "apps.v1.ReplicaSet": "a ReplicaSet",
    "apps.v1.ReplicaSetSpec": "a ReplicaSet's spec",
    "apps.v1.RollingUpdateDeployment": "rollingUpdate",
    "autoscaling.v2.CrossVersionObjectReference": "scaleTargetRef",
    "autoscaling.v1.CrossVersionObjectReference": "scaleTargetRef",
    "autoscaling.v1.HorizontalPodAutoscalerSpec": "an autoscaler's spec",
    "autoscaling.v2.HorizontalPodAutoscaler": "an autoscaler",
    "autoscaling.v2.HorizontalPodAutoscalerSpec": "an autoscaler's spec",
    "autoscaling.v2.MetricSpec": "an entry of metrics",
    "autoscaling.v2.MetricTarget": "a metric's target",
    "autoscaling.v2.ResourceMetricSource": "the resource of a metric",
    "core.v1.ConfigMap": "a ConfigMap",
    "core.v1.Container": "a container",
    "core.v1.ContainerPort": "a port of a container",
    "core.v1.EnvVar": "a variable of env",
    "core.v1.EnvVarSource": "valueFrom",
    "core.v1.ExecAction": "exec",
    "core.v1.HTTPGetAction": "httpGet",
    "core.v1.Namespace": "a Namespace",
    "core.v1.Pod": "a Pod",
    "core.v1.PodSpec": "a pod's spec",
    "core.v1.PodTemplateSpec": "a pod template",
    "core.v1.Probe": "a probe",
    "core.v1.ResourceRequirements": "resources",
    "core.v1.Secret": "a Secret",
    "core.v1.Service": "a Service",
    "core.v1.ServicePort": "a port of a Service",
    "core.v1.ServiceSpec": "a Service's spec",
    "core.v1.TCPSocketAction": "tcpSocket",
    "core.v1.Volume": "a volume",
    "core.v1.VolumeMount": "an entry of volumeMounts",
    "meta.v1.LabelSelector": "a selector",
    "meta.v1.LabelSelectorRequirement": "an entry of matchExpressions",
    "meta.v1.ObjectMeta": "metadata",
}

DOCS = "https://kubernetes.io/docs"
_REFERENCE = f"{DOCS}/reference/kubernetes-api"
_PAGES: Mapping[str, str] = {
    "ConfigMap": f"{_REFERENCE}/config-and-storage-resources/config-map-v1/",
    "Deployment": f"{_REFERENCE}/workload-resources/deployment-v1/",
    "EndpointSlice": f"{_REFERENCE}/service-resources/endpoint-slice-v1/",
    "Endpoints": f"{_REFERENCE}/service-resources/endpoints-v1/",
    "Event": f"{_REFERENCE}/cluster-resources/event-v1/",
    "HorizontalPodAutoscaler": f"{_REFERENCE}/workload-resources/horizontal-pod-autoscaler-v2/",
    "Namespace": f"{_REFERENCE}/cluster-resources/namespace-v1/",
    "Node": f"{_REFERENCE}/cluster-resources/node-v1/",
    "Pod": f"{_REFERENCE}/workload-resources/pod-v1/",
    "ReplicaSet": f"{_REFERENCE}/workload-resources/replica-set-v1/",
    "Secret": f"{_REFERENCE}/config-and-storage-resources/secret-v1/",
    "Service": f"{_REFERENCE}/service-resources/service-v1/",
    "ServiceAccount": f"{_REFERENCE}/authentication-resources/service-account-v1/",
}
OBJECTS = f"{DOCS}/concepts/overview/working-with-objects/#required-fields"
NAMES = f"{DOCS}/concepts/overview/working-with-objects/names/"
LABELS = f"{DOCS}/concepts/overview/working-with-objects/labels/#syntax-and-character-set"
_POD_PARTS = ("PodSpec", "Container", "ContainerPort", "EnvVar", "Probe", "HTTPGetAction", "PodTemplateSpec")


def page(kind: str, type_name: str = "") -> str:
    """The page of the reference that has the fields of a type."""
    if type_name.rpartition(".")[2] in _POD_PARTS:
        return _PAGES["Pod"]
    return _PAGES.get(kind, OBJECTS)


def noun(type_name: str, field: str) -> str:
    """ "a container", "a Service's spec"; else the name of the field that holds it."""
    return _NOUNS.get(type_name) or field or type_name.rpartition(".")[2]


def told(value: Any) -> str:
    """ "the text "2"", "the number 8080", "a list" …"""
    if isinstance(value, bool):
        return f"the word {'true' if value else 'false'} without quotes"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{short(value)}"' if value else "an empty text"
    if isinstance(value, list):
        return "a list"
    return "a group of fields" if isinstance(value, Mapping) else "nothing"


def short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def shown(value: Any) -> str:
    """A value as the `found` of a finding."""
    if isinstance(value, Mapping):
        return ", ".join(short(key) for key in value)[:80] or "{}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{short(value)}"' if isinstance(value, str) else "nothing" if value is None else short(value)


def wanted(expression: str) -> str:
    """An expression of `kube.schema.types` for a beginner: "a whole number", "a list of texts"."""
    if expression.startswith("["):
        inner = expression[1:]
        return "a list of texts" if inner.startswith("string") else "a list"
    if expression.startswith("{"):
        return "fields of your own, each with a text" if expression[1:].startswith("string") else "fields of your own"
    if expression.startswith("@"):
        return "fields"
    return _SCALARS.get(expression.partition("/")[0], "another value")


_SCALARS = {
    "string": "a text",
    "bool": "true or false",
    "int32": "a whole number",
    "int64": "a whole number",
    "float64": "a number",
    "intOrString": "a whole number or a text",
    "quantity": "an amount",
    "time": "a time",
    "microTime": "a time",
    "bytes": "base64",
}


def holder_type(kind_type: str, path: tuple[str | int, ...]) -> str:
    """The object type that holds the value at a path; empty where the path leads out of the schema."""
    name, expression = kind_type, f"@{kind_type}"
    for part in path[:-1]:
        if isinstance(part, int) or expression[0] in "[{":
            expression = expression[1:]
        elif expression[0] == "@" and (field := types.fields(expression[1:]).get(part)) is not None:
            expression = field.type
        else:
            return ""
        if not expression:
            return ""
        if expression[0] == "@":
            name = expression[1:]
    return name if expression[0] == "@" else ""
