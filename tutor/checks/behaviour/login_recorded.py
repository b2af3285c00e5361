"""A login through the gateway works, and user has it on record."""

from __future__ import annotations

from tutor.checks.input import CheckInput
from tutor.checks.live.workload import endpoints
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say
from tutor.core.finding import Finding

SAY = Say("login-recorded", "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/")
NEEDED = {
    "user": "kube/user/service.yaml",
    "homics-db": "kube/database/service.yaml",
    "gateway": "kube/gateway/service.yaml",
}
"""Services that a login needs → the file that defines them."""


@rule("login-recorded", Level.BEHAVIOUR)
def login_recorded(given: CheckInput) -> list[Finding]:
    """A login through the gateway is recorded by user."""
    if missing := SAY.without_cluster(given, "Service", "EndpointSlice"):
        return missing
    assert given.snapshot is not None
    reached = given.observed.reached.get("login")
    if reached is None:
        return SAY.unknown("No login was tried yet.", hint="Check again.")
    if reached.unknown:
        return SAY.unknown(f"No login could be tried: {reached.detail or reached.error}")
    way = "through the NodePort" if reached.via == "nodeport" else "through the API server's service proxy"
    if reached.ok:
        return SAY.passed(f"The login of nico went {way}, and user has it on record.", found="LOGIN of nico")
    shown = {"found": reached.detail or reached.error, "expected": "a LOGIN of nico in the activities of user"}
    for name, file in NEEDED.items():
        if given.snapshot.get("Service", name) is None:
            return SAY.failed(
                f"The login does not work: there is no Service {name}, and a login needs it.",
                hint=f"kubectl apply -f {file}",
                **shown,
            )
        if not endpoints(given.snapshot, name)[0]:
            return SAY.failed(
                f"The login does not work: the Service {name} has no ready pod.",
                hint=f"kubectl describe service {name}, then kubectl get pods.",
                **shown,
            )
    if reached.error == "not-recorded":
        return SAY.failed(
            "The gateway let nico in, but user has no LOGIN on record.", hint="kubectl logs of user.", **shown
        )
    if reached.status == 401:
        return SAY.failed(
            "The gateway refuses nico with the password nico (401).", hint="Is this our gateway?", **shown
        )
    return SAY.failed(
        f"The login does not work {way}: {reached.detail or reached.error}.",
        hint="The gateway tells user of each login. Is user up for some seconds already? kubectl logs of"
        " user tells more.",
        **shown,
    )
