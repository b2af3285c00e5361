"""The ReplicaSets of a Deployment: which is the new one, which are the old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.kube.times import unix

REVISION = "deployment.kubernetes.io/revision"
HASH = "pod-template-hash"


async def owned(ask: Ask, deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The oldest first."""
    listed = await ask.objects(await ask.resource("replicasets"))
    uid = deployment["metadata"]["uid"]
    found = [
        one for one in listed if any(ref.get("uid") == uid for ref in one["metadata"].get("ownerReferences") or [])
    ]
    return sorted(found, key=lambda one: (unix(one["metadata"]["creationTimestamp"]), one["metadata"]["name"]))


async def of_deployment(ask: Ask, deployment: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """(the old ones, the one of the present template)."""
    found = await owned(ask, deployment)
    new = next((one for one in found if same_template(one["spec"]["template"], deployment["spec"]["template"])), None)
    return [one for one in found if one is not new], new


def same_template(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two pod templates are equal but for the hash that the controller adds."""
    return _bare(one) == _bare(other)


def _bare(template: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    metadata.pop("creationTimestamp", None)
    metadata["labels"] = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": metadata}


def revision(replica_set: Mapping[str, Any]) -> int:
    text = (replica_set["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if str(text).isdigit() else 0
