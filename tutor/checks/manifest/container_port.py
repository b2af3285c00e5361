"""The ports that a container declares name the one on which its program listens.

containerPort opens nothing and closes nothing: without it the program is reached all the same. But a wrong one misleads
whoever reads the file, and a Service that refers to it by name.
"""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.manifest.pod_template import CONTAINERS, container_ports, containers
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding

SAY = Say("container-port", "https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service")


@rule("container-port", Level.MANIFEST, {"deployment": str, "port": int})
def container_port(given: CheckInput) -> list[Finding]:
    """The container declares the port on which its program listens, if it declares any."""
    deployment, wanted = str(given.params["deployment"]), int(given.params["port"])
    document = find_document(given, "Deployment", deployment)
    if document is None:
        return SAY.undefined(given, "Deployment", deployment)
    declared = [
        (port.get("containerPort"), (*CONTAINERS, index, "ports", number), port)
        for index, entry in containers(document)
        for number, port in container_ports(entry)
    ]
    if not declared:
        return SAY.passed(
            f"The container declares no port. That does no harm: the program listens on {wanted} all the same.",
            **place(document, (*CONTAINERS, 0)),
        )
    for number, path, port in declared:
        if number != wanted:
            continue
        protocol = port.get("protocol") or "TCP"
        if protocol == "TCP":
            return SAY.passed(f"The container declares port {wanted}.", **place(document, (*path, "containerPort")))
        return SAY.failed(
            f"The port {wanted} is declared for {protocol}, and the program speaks TCP.",
            found=str(protocol),
            expected="TCP",
            hint="Remove the line protocol:; TCP is the default.",
            **place(document, (*path, "protocol")),
        )
    found = ", ".join(str(number) for number, _, _ in declared)
    return SAY.failed(
        f"The container declares port {found}, but the program listens on {wanted}. Kubernetes does not check it: the"
        f" number changes nothing in the program.",
        found=found,
        expected=str(wanted),
        hint=f"Write containerPort: {wanted}",
        **place(document, (*declared[0][1], "containerPort")),
    )
