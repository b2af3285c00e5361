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
_WORKLOADS = f"{DOCS}/concepts/workloads"
_NETWORK = f"{DOCS}/concepts/services-networking"
_PAGES: Mapping[str, str] = {
    "ConfigMap": f"{DOCS}/concepts/configuration/configmap/",
    "Deployment": f"{_WORKLOADS}/controllers/deployment/#writing-a-deployment-spec",
    "EndpointSlice": f"{_NETWORK}/endpoint-slices/",
    "Endpoints": f"{_NETWORK}/service/#endpoints",
    "HorizontalPodAutoscaler": f"{_WORKLOADS}/autoscaling/horizontal-pod-autoscale/",
    "Namespace": f"{DOCS}/concepts/overview/working-with-objects/namespaces/",
    "Node": f"{DOCS}/concepts/architecture/nodes/",
    "Pod": f"{_WORKLOADS}/pods/",
    "ReplicaSet": f"{_WORKLOADS}/controllers/replicaset/",
    "Secret": f"{DOCS}/concepts/configuration/secret/",
    "Service": f"{_NETWORK}/service/#defining-a-service",
    "ServiceAccount": f"{DOCS}/concepts/security/service-accounts/",
}
"""By kind; these addresses have lasted, while those of the API's reference were moved."""
_PROBES = f"{DOCS}/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"
_TYPE_PAGES: Mapping[str, str] = {
    "Container": _PAGES["Pod"],
    "ContainerPort": _PAGES["Pod"],
    "EnvVar": f"{DOCS}/tasks/inject-data-application/define-environment-variable-container/",
    "ExecAction": _PROBES,
    "HTTPGetAction": _PROBES,
    "PodSpec": _PAGES["Pod"],
    "PodTemplateSpec": f"{_WORKLOADS}/pods/#pod-templates",
    "Probe": _PROBES,
    "ResourceRequirements": f"{DOCS}/concepts/configuration/manage-resources-containers/",
    "TCPSocketAction": _PROBES,
}
"""By the name of a type, where it has a page of its own."""
OBJECTS = f"{DOCS}/concepts/overview/working-with-objects/#required-fields"
NAMES = f"{DOCS}/concepts/overview/working-with-objects/names/"
LABELS = f"{DOCS}/concepts/overview/working-with-objects/labels/#syntax-and-character-set"


def page(kind: str, type_name: str = "") -> str:
    """The page that shows how a type's fields are written."""
    return _TYPE_PAGES.get(type_name.rpartition(".")[2]) or _PAGES.get(kind, OBJECTS)


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
