"""The pods behind a Deployment, a ReplicaSet or a Service, and which one kubectl takes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.errors import Failure
from tutor.kube.conditions import is_true
from tutor.kube.podstatus import pod_row
from tutor.kube.times import unix


async def first_pod(ask: Ask, word: str, *, say: bool = False) -> dict[str, Any]:
    """The pod of "deploy/x" that logs and exec take. `say`: tell which one, where there are several.

    Raises: `Failure` where there is none.
    """
    named = (await ask.named((word,)))[0]
    obj = await ask.get(named.resource, named.name)
    if named.resource.kind == "Pod":
        return obj
    selector = _selector(obj)
    if not selector:
        raise Failure(f"error: cannot get the logs from {named.resource.api_version}, Kind={named.resource.kind}")
    pods = await ask.objects(await ask.resource("pods"), labelSelector=selector)
    if not pods:
        raise Failure(f"error: no pods found for {word}: its selector is {selector}")
    pods.sort(key=_activity)
    if say and len(pods) > 1:
        print(f"Found {len(pods)} pods, using pod/{pods[0]['metadata']['name']}", file=sys.stderr)
    return pods[0]


def _selector(obj: Mapping[str, Any]) -> str:
    selector = (obj.get("spec") or {}).get("selector") or {}
    labels = selector if obj.get("kind") == "Service" else selector.get("matchLabels") or {}
    parts = [f"{key}={value}" for key, value in labels.items()]
    for expression in (selector.get("matchExpressions") or []) if obj.get("kind") != "Service" else []:
        values = ",".join(expression.get("values") or [])
        key, operator = expression["key"], expression["operator"]
        parts.append(
            {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}.get(operator, f"!{key}")
        )
    return ",".join(parts)


def _activity(pod: Mapping[str, Any]) -> tuple[Any, ...]:
    """Smaller is taken first: scheduled, running, ready, ready for longer, more restarts, older.

    Source: k8s.io/kubectl/pkg/util/podutils, ByLogging.
    """
    status = pod.get("status") or {}
    phase = {"Running": 0, "Unknown": 1, "Pending": 2}.get(str(status.get("phase")), 1)
    ready = is_true(pod, "Ready")
    since = next(
        (unix(c["lastTransitionTime"]) for c in status.get("conditions") or [] if c.get("type") == "Ready" and ready),
        0.0,
    )
    row = pod_row(pod, 0.0)
    return (
        not pod.get("spec", {}).get("nodeName"),
        phase,
        not ready,
        since,
        -row.restarts,
        unix(pod["metadata"]["creationTimestamp"]),
    )
