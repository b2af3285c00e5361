"""A container is a real process: started, ready, answering, logging, ended; and never left behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.practice.kubelet.doubles import Events, pod, until
from tutor.kube.times import SystemClock
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.kubelet import Kubelet
from tutor.practice.kubelet.process_records import ProcessRecords
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.store.store import Store

QUICK = {"env": [{"name": "START_DELAY", "value": "0s"}]}


class Machine:
    def __init__(self, folder: Path) -> None:
        self.store = Store(SystemClock())
        self.events = Events()
        self.network = PodNetwork(self.store)
        self.kubelet = Kubelet(self.store, SystemClock(), self.events, folder, "minikube", self.network, Images())

    def status(self, name: str = "web") -> dict[str, Any]:
        found = self.store.get("Pod", "default", name)
        return dict(found.get("status", {})) if found else {}

    def is_ready(self, name: str = "web") -> bool:
        return any(c["type"] == "Ready" and c["status"] == "True" for c in self.status(name).get("conditions", []))


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    machine = Machine(tmp_path)
    await machine.kubelet.start()
    yield machine
    await machine.kubelet.stop()
    assert machine.kubelet.node.problems == []


async def test_a_gateway_pod_gets_ready_answers_and_logs(machine: Machine) -> None:
    probe = {"readinessProbe": {"httpGet": {"path": "/login", "port": 8080}, "periodSeconds": 1}}
    machine.store.create(pod(**QUICK, **probe))
    await until(machine.store, machine.is_ready)
    reader, writer = await machine.network.connect(machine.status()["podIP"], 8080)
    writer.write(b"GET /login HTTP/1.1\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    log = b"".join([piece async for piece in machine.kubelet.logs("default", "web")])
    assert b"Tomcat started on port(s): 8080 (http)" in log


async def test_a_port_that_no_container_listens_on_refuses(machine: Machine) -> None:
    machine.store.create(pod(**QUICK))
    await until(machine.store, machine.is_ready)
    address = machine.status()["podIP"]
    with pytest.raises(ConnectionRefusedError, match=rf"dial tcp {address}:9999: connect: connection refused"):
        await machine.network.connect(address, 9999)


async def test_deletion_ends_the_process_and_then_removes_the_pod(machine: Machine) -> None:
    machine.store.create(pod(**QUICK))
    await until(machine.store, machine.is_ready)
    worker = machine.kubelet.worker("default", "web")
    assert worker is not None
    process = worker.loops["gateway"].process
    assert process is not None
    machine.store.delete("Pod", "default", "web")
    await until(machine.store, lambda: machine.store.get("Pod", "default", "web") is None)
    assert not psutil.pid_exists(process.pid)


async def test_user_without_its_database_ends_with_code_1(machine: Machine) -> None:
    machine.store.create(pod(image="homics/user-activity:1.0.0"))
    await until(machine.store, lambda: "terminated" in str(machine.status().get("containerStatuses")))
    ended = machine.status()["containerStatuses"][0]["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (1, "Error")


async def test_a_process_ends_when_its_parent_closes_the_pipe(machine: Machine) -> None:
    """As when the daemon is killed: the pipe's other end is closed by the system."""
    machine.store.create(pod(**QUICK))
    await until(machine.store, machine.is_ready)
    worker = machine.kubelet.worker("default", "web")
    assert worker is not None
    process: Any = worker.loops["gateway"].process
    process._process.stdin.close()
    async with asyncio.timeout(10):
        assert await process.wait() == 137


def test_the_sweep_ends_only_what_is_still_ours(tmp_path: Path) -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "standins"],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    other = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        records = ProcessRecords(tmp_path)
        records.add(ours.pid, "default/web/gateway")
        records.add(other.pid, "default/other/gateway")
        assert records.sweep() == ["default/web/gateway"]
        assert ours.wait(10) != 0
        assert other.poll() is None
        assert list(tmp_path.glob("*.json")) == []
    finally:
        for process in (ours, other):
            process.kill()
            process.communicate()
