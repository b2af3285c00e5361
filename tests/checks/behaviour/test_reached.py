"""What the lesson's own requests found, with the cluster as it was: whose fault it is that nobody answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.checks.live.situation import judged, shown, situation
from tutor.checks.registry import rules
from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.observation import Reached

URL = "http://192.168.49.2:31317/login"
REFUSED = Reached("gateway-page", False, "nodeport", URL, None, "refused", "connection refused")
PAGE = Reached("gateway-page", True, "nodeport", URL, 200)
LOGIN = Reached("login", False, "nodeport", URL, 500, "http-500", "Internal Server Error")


def gateway(name: str, reached: Reached) -> list[Finding]:
    return judged(name, "gateway-answers", reached=reached)


def test_an_answer_through_the_node_port_passes() -> None:
    (finding,) = gateway("all-well", PAGE)
    assert (finding.verdict, finding.message) == (Verdict.PASSED, f"The gateway answers at {URL} (200).")


def test_an_answer_through_the_proxy_passes_and_says_so() -> None:
    passed, note = gateway("all-well", replace(PAGE, via="service-proxy"))
    assert passed.verdict is Verdict.PASSED
    assert "through the API server's service proxy" in passed.message
    assert note.severity is Severity.NOTE
    assert "minikube service gateway" in note.message


FAULTS = (
    # situation, what was found, message, file, line
    (
        "service-target-port",
        REFUSED,
        "The Service gateway sends its requests to port 80 of the pod, where nobody listens.",
        "kube/gateway/service.yaml",
        11,
    ),
    (
        "service-cluster-ip",
        replace(REFUSED, error="no-node-port"),
        "The Service gateway has the type ClusterIP, which is reached from inside of the cluster alone.",
        "kube/gateway/service.yaml",
        5,
    ),
    (
        "service-label-by-a-letter",
        REFUSED,
        "The Service gateway has no ready pod behind it, so nobody answers.",
        "",
        None,
    ),
    ("image-name", REFUSED, "There is no Service gateway in the cluster.", "", None),
    (
        "all-well",
        REFUSED,
        f"Nobody answers at {URL}: connection refused, though the Service gateway has a ready pod.",
        "",
        None,
    ),
    (
        "all-well",
        replace(REFUSED, status=503, error="http-503", detail="Service Unavailable"),
        "The gateway answers with 503: Service Unavailable",
        "",
        None,
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "reached", "message", "file", "line"), FAULTS, ids=[f"{f[0]}-{f[1].error}" for f in FAULTS]
)
def test_whose_fault_it_is(name: str, reached: Reached, message: str, file: str, line: int | None) -> None:
    (finding,) = gateway(name, reached)
    assert finding.verdict is Verdict.FAILED
    assert finding.message == message
    assert (finding.file, finding.line) == (file, line)
    assert finding.hint


def login(name: str, reached: Reached) -> Finding:
    (finding,) = judged(name, "login-recorded", reached=reached)
    return finding


def test_a_login_on_record_passes() -> None:
    finding = login("all-well", replace(LOGIN, ok=True, status=200, error=""))
    assert finding.verdict is Verdict.PASSED
    assert finding.message == "The login of nico went through the NodePort, and user has it on record."


def test_a_login_names_the_first_service_that_it_lacks() -> None:
    assert login("all-well", LOGIN).message == (
        "The login does not work: there is no Service user, and a login needs it."
    )
    assert login("never-applied", LOGIN).message == "The login does not work: the Service user has no ready pod."


ROUTES = "/user/versions"


def routes(name: str, reached: Reached) -> Finding:
    (finding,) = judged(name, "gateway-routes", reached=reached, paths=[ROUTES])
    return finding


def test_a_route_that_answers_passes() -> None:
    finding = routes("all-well", Reached(ROUTES, True, "nodeport", URL, 200))
    assert finding.message == "/user/versions answers through the gateway (200, NodePort)."


def test_a_route_says_which_service_the_gateway_calls() -> None:
    bad = Reached(ROUTES, False, "nodeport", URL, 500, "http-500", "Internal Server Error")
    assert routes("all-well", bad).message == (
        "/user/versions does not answer: the gateway calls http://user, and there is no Service user."
    )
    assert routes("never-applied", bad).message == "/user/versions does not answer: the Service user has no ready pod."


@pytest.mark.parametrize(
    ("rule", "params", "what"),
    [
        ("gateway-answers", {}, "gateway-page"),
        ("login-recorded", {}, "login"),
        ("gateway-routes", {"paths": [ROUTES]}, ROUTES),
    ],
)
def test_what_could_not_be_tried_is_not_judged(rule: str, params: dict[str, list[str]], what: str) -> None:
    unknown = Reached(what, False, error="cluster-away", detail="The cluster does not answer.", unknown=True)
    (finding,) = judged("all-well", rule, reached=unknown, **params)
    assert finding.verdict is Verdict.UNKNOWN
    assert "The cluster does not answer." in finding.message
    (finding,) = judged("all-well", rule, **params)
    assert finding.verdict is Verdict.UNKNOWN, "nothing was tried yet"
    away = replace(situation("all-well"), snapshot=None, no_cluster="No cluster.", params=params)
    (finding,) = rules()[rule].check(away)
    assert (finding.verdict, shown(finding.message)) == (Verdict.UNKNOWN, "No cluster.")
