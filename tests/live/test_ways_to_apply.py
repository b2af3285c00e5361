"""However a learner brings a file to the cluster, the tutor sees the same: applied as it says, or where it differs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.live.learner import Learner
from tutor.core.finding import Finding, Verdict
from tutor.kube.times import SystemClock
from tutor.lesson.following import Following, following
from tutor.lesson.judging import Judge
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

FILE = "kube/gateway/deployment.yaml"


def create(learner: Learner) -> None:
    learner.apply(FILE, how=("create",))


def apply(learner: Learner) -> None:
    learner.apply(FILE)


def apply_the_folder(learner: Learner) -> None:
    (learner.workspace / "kube/gateway/service.yaml").unlink()
    learner.apply("kube/gateway")


def apply_on_the_server(learner: Learner) -> None:
    learner.apply(FILE, how=("apply", "--server-side"))


def replace(learner: Learner) -> None:
    text = (learner.workspace / FILE).read_text().replace("homics/gateway:1.0.0", "homics/gateway:0.9")
    learner.kubectl("create", "-f", "-", text=text)
    learner.apply(FILE, how=("replace",))


def edit(learner: Learner) -> None:
    text = (learner.workspace / FILE).read_text().replace("homics/gateway:1.0.0", "homics/gateway:0.9")
    learner.kubectl("create", "-f", "-", text=text)
    learner.kubectl("patch", "deployment", "gateway-deployment", "--type=json", "-p", json.dumps(IMAGE))


def apply_on_the_server_over_an_apply(learner: Learner) -> None:
    learner.apply(FILE)
    learner.apply(FILE, how=("apply", "--server-side", "--force-conflicts"))


IMAGE: list[dict[str, Any]] = [
    {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "homics/gateway:1.0.0"}
]
WAYS: list[Callable[[Learner], None]] = [
    create,
    apply,
    apply_the_folder,
    apply_on_the_server,
    replace,
    edit,
    apply_on_the_server_over_an_apply,
]


async def applied(judge: Judge, live: Following, verdict: Verdict) -> Finding:
    """What the rule says as soon as it says that, or after ten seconds."""
    step = judge.session.step("gateway-deployment")
    async with asyncio.timeout(10):
        while True:
            seen = live.version
            said = await judge.judge(step, live, live.timeline, live.snapshot.taken_at, afresh=False)
            finding = next(finding for finding in said.findings if finding.rule == "applied")
            if finding.verdict is verdict:
                return finding
            await live.changed(seen)


async def test_every_way_counts_as_applied_and_a_difference_is_named(learner: Learner) -> None:
    learner.write("gateway-deployment")
    session = open_session(Settings(workspace=learner.workspace, namespace=learner.namespace))
    async with following(session, SystemClock()) as live:
        judge = Judge(session)
        for way in WAYS:
            await asyncio.to_thread(way, learner)
            await applied(judge, live, Verdict.PASSED)
            await asyncio.to_thread(
                learner.kubectl, "set", "image", "deployments/gateway-deployment", "gateway=homics/gateway:0.9"
            )
            differs = await applied(judge, live, Verdict.FAILED)
            assert differs.found == "homics/gateway:0.9", way.__name__
            assert differs.path == "spec.template.spec.containers[0].image"
            assert differs.line is not None
            await asyncio.to_thread(learner.kubectl, "delete", "deployment", "gateway-deployment")
            await applied(judge, live, Verdict.FAILED)
