"""Recorded situations of a real cluster through the rules: each cause is named, at the place to mend it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.checks.live.situation import RECORDED, judged, shown, situation
from tutor.checks.registry import rules
from tutor.core.finding import Finding, Verdict

TOLD = tomllib.loads((Path(__file__).parent / "told.toml").read_text(encoding="utf-8"))["told"]
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
LIVE = ("applied", "deployment-ready", "service-has-endpoints", "autoscaler-acts", "image-is")


def everything(name: str) -> list[tuple[str, dict[str, str], Finding]]:
    """What every rule says of every object of a situation, whether a file or the cluster has it."""
    given = situation(name)
    assert given.snapshot is not None
    documents = [document for file in given.manifests.values() for document in file.documents]
    asked: list[tuple[str, dict[str, str]]] = [
        ("applied", {"kind": document.kind, "name": document.name})
        for document in documents
        if document.kind in ("Deployment", "Service", "HorizontalPodAutoscaler")
    ]
    deployments = given.snapshot.list("Deployment")
    asked += [("deployment-ready", {"deployment": obj["metadata"]["name"]}) for obj in deployments]
    asked += [("service-has-endpoints", {"service": d.name}) for d in documents if d.kind == "Service"]
    asked += [("autoscaler-acts", {"name": d.name}) for d in documents if d.kind == "HorizontalPodAutoscaler"]
    return [(rule, params, finding) for rule, params in asked for finding in judged(name, rule, **params)]


@pytest.mark.parametrize("name", NAMES)
def test_each_cause_is_named_at_the_place_to_mend_it(name: str) -> None:
    found = [
        {
            "situation": name,
            "rule": rule,
            "params": params,
            **({"file": finding.file} if finding.file else {}),
            **({"line": finding.line} if finding.line else {}),
            **({"path": finding.path} if finding.path else {}),
            "says": shown(finding.message),
            "hint": shown(finding.hint),
        }
        for rule, params, finding in everything(name)
        if finding.verdict is not Verdict.PASSED
    ]
    assert found == [told for told in TOLD if told["situation"] == name]


@pytest.mark.parametrize("name", NAMES)
def test_what_failed_says_what_to_do(name: str) -> None:
    for _, _, finding in everything(name):
        if finding.verdict is Verdict.FAILED:
            assert finding.hint
            assert finding.source.startswith("https://kubernetes.io/")


@pytest.mark.parametrize("rule", LIVE)
def test_without_a_cluster_nothing_is_judged(rule: str) -> None:
    given = replace(situation("all-well"), snapshot=None, no_cluster="The cluster does not answer.")
    (finding,) = rules()[rule].check(replace(given, params=params_of(rule)))
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.message == "The cluster does not answer."


@pytest.mark.parametrize("rule", LIVE)
def test_what_was_not_listed_is_not_taken_for_absent(rule: str) -> None:
    given = situation("all-well")
    assert given.snapshot is not None
    (finding,) = rules()[rule].check(replace(given, snapshot=given.snapshot.unlisted(), params=params_of(rule)))
    assert finding.verdict is Verdict.UNKNOWN
    assert "has not shown its" in finding.message


def params_of(rule: str) -> Mapping[str, Any]:
    every = {
        "kind": "Deployment",
        "name": "gateway-deployment",
        "deployment": "gateway-deployment",
        "service": "gateway",
        "container": "gateway",
        "image": "homics/gateway:1.0.0",
    }
    return {key: every[key] for key in rules()[rule].params}


def test_a_deployment_with_fewer_replicas_than_the_step_needs_is_not_ready() -> None:
    (finding,) = judged("all-well", "deployment-ready", deployment="gateway-deployment", replicas=2)
    assert finding.verdict is Verdict.FAILED
    assert finding.message == "gateway-deployment is to have 1 replica, and the step needs 2."
    assert (finding.file, finding.line, finding.path) == ("kube/gateway/deployment.yaml", 8, "spec.replicas")


def test_the_image_of_the_live_object_is_looked_at() -> None:
    params = {"deployment": "user-deployment", "container": "user"}
    (finding,) = judged("set-image-after-apply", "image-is", **params, image="homics/user-activity:2.0.0")
    assert finding.verdict is Verdict.PASSED
    (finding,) = judged("set-image-after-apply", "image-is", **params, image="homics/user-activity:1.0.0")
    assert finding.message == "The live user-deployment has the image homics/user-activity:2.0.0."
    (finding,) = judged("all-well", "image-is", deployment="gateway-deployment", container="user", image="a:1")
    assert finding.message == 'gateway-deployment has no container named "user"; it has: gateway.'
