"""The pages behind the gateway's routes answer after a login."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.live.workload import endpoints
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.finding import Finding
from tutor.core.observation import Reached

SAY = Say("gateway-routes", "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/")
SERVICE_OF = {"user": "user", "mono": "monolith", "stats": "stats", "stock": "stock"}
"""First part of a path → the Service whose name the gateway has in its program."""


@rule("gateway-routes", Level.BEHAVIOUR, {"paths": list})
def gateway_routes(given: CheckInput) -> list[Finding]:
    """Each path answers through the gateway."""
    if missing := SAY.without_cluster(given, "Service", "EndpointSlice"):
        return missing
    found: list[Finding] = []
    for path in given.params["paths"]:
        reached = given.observed.reached.get(str(path))
        if reached is None or reached.unknown:
            why = reached.detail if reached is not None else "it was not asked for yet"
            found.extend(SAY.unknown(f"{path} could not be asked for: {why}."))
        elif reached.ok:
            found.extend(SAY.passed(f"{path} answers through the gateway ({reached.status}, {_way(reached)})."))
        else:
            found.extend(_failed(given, str(path), reached))
    return found


def _way(reached: Reached) -> str:
    return "NodePort" if reached.via == "nodeport" else "the API server's service proxy"


def _failed(given: CheckInput, path: str, reached: Reached) -> list[Finding]:
    assert given.snapshot is not None
    name = SERVICE_OF.get(path.strip("/").split("/")[0], "")
    shown = {"found": str(reached.status or reached.error), "expected": "200"}
    if name and given.snapshot.get("Service", name) is None:
        return SAY.failed(
            f"{path} does not answer: the gateway calls http://{name}, and there is no Service {name}.",
            hint=f"The Service must have exactly the name {name}.",
            **shown,
        )
    if name and not endpoints(given.snapshot, name)[0]:
        return SAY.failed(
            f"{path} does not answer: the Service {name} has no ready pod.",
            hint=f"kubectl describe service {name}, then kubectl get pods.",
            **shown,
        )
    return SAY.failed(
        f"{path} does not answer through the gateway: {reached.detail or reached.error}",
        hint=f"kubectl logs of the pod behind {name or 'the gateway'} tells more; a program that starts needs a while.",
        **shown,
    )
