"""What the doctor makes of what it sees, and a whole look at a cluster in memory."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster.fake_api import FakeApi, status
from tests.fakes import FakeClock
from tutor.cluster.registry import PullLimit, pull_limit
from tutor.content.loader import load_course
from tutor.content.state import VARIABLE
from tutor.lesson.doctor.advice import Advice, Mark
from tutor.lesson.doctor.cluster import images_of, missing_images, node_advice, rate_advice
from tutor.lesson.doctor.examine import examine
from tutor.lesson.doctor.machine import judged_disk, judged_memory, state, terminal
from tutor.lesson.doctor.tools import OUTDATED, kubectl_advice
from tutor.lesson.settings import Settings

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.mark.parametrize(
    ("client", "server", "mark", "said"),
    [
        ("v1.34.2", "v1.34.2", Mark.OK, ""),
        ("v1.33.0", "v1.34.2", Mark.OK, ""),
        ("v1.35.1", "v1.34.2", Mark.OK, ""),
        ("v1.34.2", "", Mark.OK, ""),
        ("v1.31.0", "v1.34.2", Mark.WARN, "3 minor versions older"),
        ("v1.36.0", "v1.34.2", Mark.WARN, "2 minor versions newer"),
        ("v1.10.0", "v1.34.2", Mark.BAD, OUTDATED),
        ("v1.30.5-eks-1", "v1.31+", Mark.OK, ""),
    ],
)
def test_a_kubectl_that_is_too_far_from_its_cluster(client: str, server: str, mark: Mark, said: str) -> None:
    advice = kubectl_advice(client, "", server)
    assert advice.mark is mark
    assert said in advice.do


def test_a_missing_and_a_broken_kubectl_are_told_apart() -> None:
    assert kubectl_advice("", "missing", "v1.34.2").mark is Mark.WARN
    assert kubectl_advice("", "kubectl could not be run", "v1.34.2").mark is Mark.UNKNOWN


@pytest.mark.parametrize(
    ("total", "free", "mark"),
    [(16.0, 8.0, Mark.OK), (8.0, 0.5, Mark.WARN), (3.0, 2.0, Mark.WARN), (1.0, 0.9, Mark.WARN)],
)
def test_memory(total: float, free: float, mark: Mark) -> None:
    assert judged_memory(total, free).mark is mark


@pytest.mark.parametrize(("free", "mark"), [(100.0, Mark.OK), (5.0, Mark.WARN), (1.0, Mark.BAD)])
def test_disk(free: float, mark: Mark) -> None:
    assert judged_disk(free).mark is mark


def seen(columns: int, rows: int, term: str = "xterm", encoding: str = "utf-8", *, is_one: bool = True) -> Mark:
    size = os.terminal_size((columns, rows))
    return terminal(is_one, size, {"TERM": term}, encoding).mark  # type: ignore[arg-type]


def test_terminals() -> None:
    assert seen(120, 40) is Mark.OK
    assert seen(60, 20) is Mark.OK
    assert seen(30, 10) is Mark.WARN
    assert seen(120, 40, encoding="ascii") is Mark.WARN
    assert seen(0, 0, is_one=False) is Mark.UNKNOWN
    if os.name != "nt":
        assert seen(120, 40, term="dumb") is Mark.WARN


def test_a_state_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    assert state().mark is Mark.OK
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    assert state().mark is Mark.BAD
    assert VARIABLE in state().do


def node(images: list[str] = [], conditions: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:  # noqa: B006
    seen = {"Ready": "True", **(conditions or {})}
    return {
        "metadata": {"name": "minikube"},
        "spec": more.get("spec", {}),
        "status": {
            "conditions": [{"type": kind, "status": value} for kind, value in seen.items()],
            "allocatable": {"cpu": "2", "memory": more.get("memory", "4Gi")},
            "images": [{"names": [name]} for name in images],
        },
    }


def test_a_node_that_is_not_well_says_what_it_lacks() -> None:
    assert node_advice(node()).mark is Mark.OK
    assert node_advice(node(conditions={"Ready": "False"})).mark is Mark.BAD
    assert "disk space" in node_advice(node(conditions={"DiskPressure": "True"})).found
    assert "uncordon" in node_advice(node(spec={"unschedulable": True})).do
    assert node_advice(node(memory="900Mi")).mark is Mark.WARN
    assert node_advice(node(memory="much")).mark is Mark.UNKNOWN


def test_images_are_found_under_all_their_names() -> None:
    wanted = ("homics/gateway:1.0.0", "oscarfonts/h2:1.4.197", "wurstmeister/zookeeper")
    present = ["docker.io/homics/gateway:1.0.0", "docker.io/wurstmeister/zookeeper:latest"]
    assert missing_images([node(present)], wanted) == (("oscarfonts/h2:1.4.197",), True)
    full = [*present, *(f"docker.io/other/image-{number}:1" for number in range(48))]
    assert missing_images([node(full)], wanted) == (("oscarfonts/h2:1.4.197",), False), "a kubelet tells of 50"


def test_the_courses_images_are_those_of_the_marketplace() -> None:
    images = images_of(load_course())
    assert {"homics/gateway:1.0.0", "homics/user-activity:1.0.0", "homics/user-activity:2.0.0"} <= set(images)
    assert "oscarfonts/h2:1.4.197" in images
    assert len(images) == 9


@pytest.mark.parametrize(
    ("limit", "mark"),
    [
        (PullLimit(100, 95), Mark.OK),
        (PullLimit(100, 30), Mark.WARN),
        (PullLimit(100, 2), Mark.BAD),
        (PullLimit(None, None), Mark.OK),
        ("Docker Hub could not be asked", Mark.UNKNOWN),
    ],
)
def test_the_pulls_that_are_left(limit: PullLimit | str, mark: Mark) -> None:
    assert rate_advice(limit, 4).mark is mark


async def test_docker_hub_is_asked_as_its_documentation_says() -> None:
    def hub(request: httpx.Request) -> httpx.Response:
        if request.url.host == "auth.docker.io":
            return httpx.Response(200, json={"token": "t"})
        assert request.method == "HEAD", "a HEAD is no pull"
        assert request.headers["authorization"] == "Bearer t"
        headers = {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"}
        return httpx.Response(200, headers=headers)

    assert await pull_limit(httpx.MockTransport(hub)) == PullLimit(100, 76)


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, text="<html>"), None])
async def test_a_hub_that_does_not_answer_is_no_limit(answer: httpx.Response | None) -> None:
    def hub(request: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("no network", request=request)
        return answer

    assert isinstance(await pull_limit(httpx.MockTransport(hub)), str)


async def look(workspace: Path, **options: Any) -> dict[str, Advice]:
    settings = Settings(workspace=workspace, **options)
    return {advice.about: advice async for advice in examine(settings, FakeClock(), ask_registry=False)}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    shutil.copytree(ROOT / "starter", tmp_path / "exercise")
    return tmp_path / "exercise"


async def test_a_whole_look_at_a_cluster(api: FakeApi, workspace: Path, tmp_path: Path) -> None:
    present = [f"docker.io/{image}" for image in images_of(load_course())[:3]]
    api.put("Node", "minikube", **{key: value for key, value in node(present).items() if key != "metadata"})
    api.refuse["LIST", "Pod"] = status(404, "the server could not find the requested resource", "NotFound")
    seen = await look(workspace, kubeconfig=api.kubeconfig(tmp_path))
    assert seen["cluster"].found == "It answers: Kubernetes v1.34.2."
    assert seen["images"].mark is Mark.WARN
    assert "minikube image pull" in seen["images"].do
    assert seen["pull limit"].mark is Mark.UNKNOWN
    assert seen["metrics"].mark is Mark.WARN
    assert "minikube addons enable metrics-server" in seen["metrics"].do
    assert seen["namespace"].mark is Mark.OK
    assert seen["gateway"].mark is Mark.UNKNOWN
    assert [path for _, path, _ in api.bodies if "dryRun=All" not in path] == [], "nothing is changed"


async def test_without_a_cluster_everything_else_is_looked_at(workspace: Path, tmp_path: Path) -> None:
    seen = await look(workspace, kubeconfig=tmp_path / "none")
    assert seen["kubeconfig"].mark is Mark.BAD
    assert seen["cluster"].mark is Mark.BAD
    assert seen["workspace"].mark is Mark.OK
    assert "images" not in seen


async def test_a_namespace_that_is_missing_or_not_ours(api: FakeApi, workspace: Path, tmp_path: Path) -> None:
    kubeconfig = api.kubeconfig(tmp_path)
    missing = await look(workspace, kubeconfig=kubeconfig, namespace="nowhere")
    assert missing["namespace"].do == "kubectl create namespace nowhere"
    api.refuse["POST", "Deployment"] = status(403, "deployments.apps is forbidden", "Forbidden")
    refused = await look(workspace, kubeconfig=kubeconfig)
    assert refused["namespace"].mark is Mark.BAD


async def test_another_folder_is_named(api: FakeApi, workspace: Path, tmp_path: Path) -> None:
    seen = await look(workspace / "kube" / "gateway", kubeconfig=api.kubeconfig(tmp_path))
    assert seen["workspace"].mark is Mark.BAD
    assert str(workspace) in seen["workspace"].do
