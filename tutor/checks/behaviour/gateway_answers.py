"""The gateway answers from this machine; if not, whose fault that is."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.live.workload import containers, endpoints, selected
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.observation import Reached
from tutor.kube.ports import target_port

SAY = Say("gateway-answers", "https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport")
SERVICE, LISTENS_ON = "gateway", 8080


@rule("gateway-answers", Level.BEHAVIOUR, {}, {"what": str})
def gateway_answers(given: CheckInput) -> list[Finding]:
    """The gateway's page answers from this machine."""
    if missing := SAY.without_cluster(given, "Service", "EndpointSlice", "Pod"):
        return missing
    reached = given.observed.reached.get(str(given.params.get("what", "gateway-page")))
    if reached is None:
        return SAY.unknown("The gateway was not asked yet.", hint="Check again.")
    if reached.unknown:
        return SAY.unknown(f"The gateway could not be asked: {reached.detail or reached.error}")
    if reached.ok and reached.via == "nodeport":
        return SAY.passed(f"The gateway answers at {reached.url} ({reached.status}).", found=str(reached.status))
    if reached.ok:
        why = (
            "Its NodePort does not answer from this machine: with some drivers (Docker on macOS and Windows) the node's"
            " address cannot be reached. minikube service gateway opens a way to it."
        )
        return [
            *SAY.passed(f"The gateway answers ({reached.status}) through the API server's service proxy."),
            SAY.note(reached.detail if reached.error == "occupied" else why),
        ]
    return _whose_fault(given, reached)


def _whose_fault(given: CheckInput, reached: Reached) -> list[Finding]:
    assert given.snapshot is not None
    document = find_document(given, "Service", SERVICE)
    service = given.snapshot.get("Service", SERVICE)
    if service is None:
        return SAY.failed(
            "There is no Service gateway in the cluster.", hint="kubectl apply -f kube/gateway/service.yaml"
        )
    spec = service.get("spec") or {}
    if reached.error == "no-node-port":
        kind = spec.get("type", "ClusterIP")
        return SAY.failed(
            f"The Service gateway has the type {kind}, which is reached from inside of the cluster alone.",
            found=str(kind),
            expected="NodePort",
            hint="Set spec.type and apply the file.",
            **place(document, ("spec", "type")),
        )
    ready, _ = endpoints(given.snapshot, SERVICE)
    if not ready:
        return SAY.failed(
            "The Service gateway has no ready pod behind it, so nobody answers.",
            found=reached.detail or reached.error,
            hint="kubectl describe service gateway: its Endpoints must not be empty.",
        )
    for index, port in enumerate(spec.get("ports") or []):
        for pod in selected(given.snapshot, service):
            target = target_port(port, pod)
            open_ports = [p.get("containerPort") for c in containers(pod) for p in c.get("ports") or []]
            if target is not None and target != LISTENS_ON and (not open_ports or target not in open_ports):
                return SAY.failed(
                    f"The Service gateway sends its requests to port {target} of the pod, where nobody listens.",
                    found=f"targetPort {target}",
                    expected=f"targetPort {LISTENS_ON}",
                    hint="targetPort is the port on which the program in the container listens.",
                    **place(document, ("spec", "ports", index, "targetPort")),
                )
    if reached.status is not None:
        return SAY.failed(
            f"The gateway answers with {reached.status}: {reached.detail or 'an error'}",
            found=str(reached.status),
            expected="a page",
            hint="The request reaches the program; its log tells more: kubectl logs deploy/gateway-deployment",
        )
    return SAY.failed(
        f"Nobody answers at {reached.url}: {reached.detail or reached.error}, though the Service gateway has"
        " a ready pod.",
        found=reached.error,
        expected="an answer",
        hint="The program may still be starting: look again in some seconds. kubectl logs deploy/gateway-deployment",
    )
