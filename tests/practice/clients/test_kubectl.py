"""The real kubectl, where it is on PATH: what it prints, and that its streams arrive."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.practice.api.doubles import NODE, deployment, pod, serve_pod_port
from tests.practice.clients.conftest import Server

pytestmark = pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl on PATH")

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


def environment(server: Server, tmp_path: Path, **more: str) -> dict[str, str]:
    # A home of its own: kubectl keeps discovery there by host and port.
    return {**os.environ, "KUBECONFIG": str(server.kubeconfig), "HOME": str(tmp_path), **more}


@pytest.fixture
def kubectl(server: Server, tmp_path: Path) -> Kubectl:
    def run(*words: str, text: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", *words],
            input=text,
            env=environment(server, tmp_path, **more),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return run


@pytest.fixture
def running_pod(server: Server) -> str:
    made = pod("web")
    made["spec"]["nodeName"] = NODE
    store = server.context.store
    running = {"name": "web", "ready": True, "restartCount": 0, "state": {"running": {}}, "image": "i", "imageID": ""}
    status = {
        "phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [running],
    }
    store.update({**store.create(made), "status": status}, subresource="status")
    return "web"


def test_apply_creates_then_changes_then_finds_nothing_to_do(kubectl: Kubectl) -> None:
    manifest = deployment("web", replicas=0)
    first = kubectl("apply", "-f", "-", text=json.dumps(manifest))
    assert first.stdout == "deployment.apps/web created\n", first.stderr
    assert kubectl("apply", "-f", "-", text=json.dumps(manifest)).stdout == "deployment.apps/web unchanged\n"
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = "homics/gateway:1.0.1"
    shown = kubectl("diff", "-f", "-", text=json.dumps(manifest))
    assert "+      - image: homics/gateway:1.0.1" in shown.stdout
    assert kubectl("apply", "-f", "-", text=json.dumps(manifest)).stdout == "deployment.apps/web configured\n"


def test_a_typo_is_told_in_the_servers_words(kubectl: Kubectl) -> None:
    manifest = deployment("web")
    manifest["spec"]["replica"] = manifest["spec"].pop("replicas")
    refused = kubectl("apply", "-f", "-", text=json.dumps(manifest))
    assert refused.returncode == 1
    assert 'strict decoding error: unknown field "spec.replica"' in refused.stderr


def test_tables_and_details_are_printed(kubectl: Kubectl, running_pod: str) -> None:
    assert re.fullmatch(
        r"NAME +READY +STATUS +RESTARTS +AGE\nweb +1/1 +Running +0 +\d+s\n", kubectl("get", "pods").stdout
    )
    described = kubectl("describe", "pod", running_pod).stdout
    assert re.search(r"^Service Account: +default$", described, re.MULTILINE)
    assert "image: homics/gateway:1.0.0" in kubectl("get", "pod", running_pod, "-o", "yaml").stdout


@pytest.mark.parametrize("websockets", ["true", "false"])
def test_exec_passes_input_output_and_exit_code(kubectl: Kubectl, running_pod: str, websockets: str) -> None:
    mode = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": websockets}
    assert kubectl("exec", "-i", running_pod, "--", "cat", text="through\n", **mode).stdout == "through\n"
    ended = kubectl("exec", running_pod, "--", "sh", "-c", "exit 3", **mode)
    assert (ended.returncode, ended.stderr) == (3, "command terminated with exit code 3\n")
    missing = kubectl("exec", running_pod, "--", "nosuch", **mode)
    assert 'exec: "nosuch": executable file not found in $PATH' in missing.stderr


def test_logs_are_asked_for_and_passed_on(kubectl: Kubectl, server: Server, running_pod: str) -> None:
    assert kubectl("logs", running_pod, "--tail=2").stdout == "second\nthird\n"
    assert server.node.asked[-1]["tail_lines"] == 2
    assert server.node.asked[-1]["container"] == "web"


@pytest.fixture
def pod_port(server: Server) -> Iterator[None]:
    listening = asyncio.run_coroutine_threadsafe(serve_pod_port(server.node), server.loop).result(5)
    yield
    server.loop.call_soon_threadsafe(listening.close)


@pytest.mark.parametrize("websockets", ["true", "false"])
@pytest.mark.usefixtures("pod_port")
def test_port_forward_reaches_the_pod(server: Server, tmp_path: Path, running_pod: str, websockets: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["kubectl", "port-forward", running_pod, f"{port}:8080"],
        env=environment(server, tmp_path, KUBECTL_PORT_FORWARD_WEBSOCKETS=websockets),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Forwarding from 127.0.0.1")
        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/some/path", timeout=10) as answer:
                assert answer.read() == b"GET /some/path HTTP/1.1"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_a_watch_prints_changes_as_they_come(server: Server, tmp_path: Path, running_pod: str) -> None:
    process = subprocess.Popen(
        ["kubectl", "get", "pods", "-w", "--no-headers"],
        env=environment(server, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().split()[:3] == ["web", "1/1", "Running"]
        while not server.context.watches:
            time.sleep(0.01)
        server.loop.call_soon_threadsafe(server.context.store.delete, "Pod", "default", "web")
        assert process.stdout.readline().split()[:3] == ["web", "1/1", "Terminating"]
    finally:
        process.terminate()
        process.communicate(timeout=10)
