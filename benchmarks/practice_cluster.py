"""The practice cluster beside a real API server, in one run.

    KUBECONFIG=… python -m benchmarks.practice_cluster [--runs 9] [--pods 1000] [--rate 200] [--watchers 100]
        [--idle 30]

kubectl must be on PATH. The practice cluster is started in a folder of its own and stopped at the end; on the real
cluster a namespace is made and deleted. Both take turns, so that a busy machine is busy for both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from benchmarks.api_access import Access, access, get, post_all

ROOT = Path(__file__).resolve().parent.parent
GATEWAY = ROOT / "solutions" / "01-gateway-deployment" / "kube" / "gateway" / "deployment.yaml"
READY_AIM, APPLY_AIM, GET_AIM, LIST_AIM = 1.0, 1.0, 1.5, 3.0
MEMORY_AIM, IDLE_AIM = 120.0, 0.01
"""Megabytes, and a share of one core."""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    kubeconfig: Path
    namespace: str
    home: Path
    """kubectl's cache: each cluster has its own."""

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "HOME": str(self.home)}

    def kubectl(self, *words: str, text: str | None = None) -> str:
        command = ["kubectl", "--namespace", self.namespace, *words]
        done = subprocess.run(
            command, env=self.environment, check=False, capture_output=True, text=True, timeout=180, input=text
        )
        if done.returncode:
            raise SystemExit(f"{self.name}: kubectl {' '.join(words)}: {done.stderr}")
        return done.stdout

    def access(self) -> Access:
        return access(self.kubeconfig)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--pods", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=200, help="changes a second")
    parser.add_argument("--watchers", type=int, default=100)
    parser.add_argument("--idle", type=float, default=30.0, help="seconds")
    options = parser.parse_args()
    if shutil.which("kubectl") is None or not os.environ.get("KUBECONFIG"):
        raise SystemExit("kubectl has to be on PATH, and KUBECONFIG has to name a real cluster that may be filled.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with practice(folder) as place:
            idle(place, folder, options.idle)
            with real(folder) as other:
                both = (place, other)
                report("apply to Running and ready", applied(both, min(options.runs, 5)), APPLY_AIM)
                report("kubectl get pods", timed(both, options.runs, "get", "pods"), GET_AIM)
                many(both, options.pods)
                report(f"{options.pods} pods, kubectl", timed(both, options.runs, "get", "pods"), LIST_AIM)
                report(f"{options.pods} pods, raw list", raw_lists(both, options.runs), LIST_AIM)
                for one in both:
                    watchers(one, options.watchers, options.rate)
            print(f"memory after all this      {memory(folder):.0f} MB")


@contextmanager
def practice(folder: Path) -> Iterator[Place]:
    """Its first start and two later ones, each measured; the last runs on."""
    state, home = folder / "state", folder / "practice-home"
    home.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "HOMICS_STATE_DIR": str(state), "HOMICS_PORT": str(port), "PYTHONPATH": str(ROOT)}
    tutor = [sys.executable, "-m", "tutor", "cluster"]
    bare = [_took([sys.executable, "-c", "pass"]) for _ in range(3)]
    try:
        taken = []
        for number in range(4):
            began = time.perf_counter()
            process = subprocess.Popen([*tutor, "start"], env=environment, stdout=subprocess.DEVNULL)
            ready = _until_ready(port, began)
            if process.wait(60):
                raise SystemExit("The practice cluster did not start.")
            taken.append((ready, time.perf_counter() - began))
            if number < 3:
                subprocess.run([*tutor, "stop"], env=environment, check=True, capture_output=True)
        print(
            f"cluster start to /readyz   first {taken[0][0]:.2f} s, then {_list(one[0] for one in taken[1:])};"
            f" the aim of {READY_AIM:.0f} s is {met(statistics.median(one[0] for one in taken) <= READY_AIM)}"
        )
        print(f"cluster start returned     {_list(one[1] for one in taken)} (python -c pass: {_list(bare)})")
        yield Place("practice", state / "practice" / "kubeconfig", "default", home)
    finally:
        subprocess.run([*tutor, "stop"], env=environment, check=False, capture_output=True)


@contextmanager
def real(folder: Path) -> Iterator[Place]:
    home = folder / "real-home"
    home.mkdir()
    place = Place("real", Path(os.environ["KUBECONFIG"]), f"bench-{uuid4().hex[:8]}", home)
    place.kubectl("create", "namespace", place.namespace)
    try:
        yield place
    finally:
        place.kubectl("delete", "namespace", place.namespace, "--wait=false")


def _took(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def _until_ready(port: int, began: float) -> float:
    """Seconds until GET /readyz is answered with 200: asked without the certificate, which may be made only now."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    while time.perf_counter() - began < 60:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as raw, tls.wrap_socket(raw) as line:
                line.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if b" 200 " in line.recv(100).split(b"\r\n")[0] + b" ":
                    return time.perf_counter() - began
        except OSError:
            pass
        time.sleep(0.005)
    raise SystemExit("/readyz did not answer within a minute.")


def daemon(folder: Path) -> psutil.Process:
    record = json.loads((folder / "state" / "practice" / "instance.json").read_text("utf-8"))
    return psutil.Process(record["pid"])


def memory(folder: Path) -> float:
    return float(daemon(folder).memory_info().rss) / 1e6


def idle(place: Place, folder: Path, seconds: float) -> None:
    """The daemon alone, with the pods of the exercise running."""
    print(f"memory, no pods            {memory(folder):.0f} MB")
    for manifest in sorted((ROOT / "solutions").glob("0[1-9]-*/kube/**/*.yaml")):
        place.kubectl("apply", "-f", str(manifest))
    place.kubectl("apply", "-R", "-f", str(ROOT / "starter" / "kube" / "database"))
    place.kubectl("wait", "--for=condition=Available", "deployments", "--all", "--timeout=120s")
    pods = len(place.kubectl("get", "pods", "-o", "name").split())
    time.sleep(3)
    process = daemon(folder)
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    share = (after.user + after.system - before.user - before.system) / seconds
    print(
        f"idle, {pods} pods running     {memory(folder):.0f} MB (the aim of {MEMORY_AIM:.0f} is"
        f" {met(memory(folder) <= MEMORY_AIM)}), {share * 100:.2f} % of a core over {seconds:.0f} s (the aim of"
        f" {IDLE_AIM * 100:.0f} % is {met(share < IDLE_AIM)})"
    )
    place.kubectl("delete", "deployments,services,hpa", "--all", "--wait=true")
    _until_no_pods(place)


def _until_no_pods(place: Place) -> None:
    for _ in range(600):
        if not place.kubectl("get", "pods", "-o", "name"):
            return
        time.sleep(0.1)
    raise SystemExit(f"{place.name}: pods do not go.")


Taken = dict[str, list[float]]


def applied(both: tuple[Place, ...], runs: int) -> Taken:
    """From the start of `kubectl apply` to the row that says 1/1 Running."""
    taken: Taken = {place.name: [] for place in both}
    for _ in range(runs):
        for place in both:
            command = ["kubectl", "--namespace", place.namespace, "get", "pods", "--watch-only", "--no-headers"]
            with subprocess.Popen(command, env=place.environment, stdout=subprocess.PIPE, text=True) as watch:
                time.sleep(1)
                began = time.perf_counter()
                place.kubectl("apply", "-f", str(GATEWAY))
                assert watch.stdout is not None
                for row in watch.stdout:
                    if row.split()[1:3] == ["1/1", "Running"]:
                        break
                taken[place.name].append(time.perf_counter() - began)
                watch.terminate()
            place.kubectl("delete", "-f", str(GATEWAY))
            _until_no_pods(place)
    for place in both:
        place.kubectl("apply", "-f", str(GATEWAY))
    return taken


def timed(both: tuple[Place, ...], runs: int, *words: str) -> Taken:
    """Whole processes; the first of each fills its cache and is not counted."""
    taken: Taken = {place.name: [] for place in both}
    for number in range(runs + 1):
        for place in both:
            began = time.perf_counter()
            place.kubectl(*words)
            if number:
                taken[place.name].append(time.perf_counter() - began)
    return taken


def many(both: tuple[Place, ...], count: int) -> None:
    """Pods that no node takes."""
    for place in both:
        pods = (
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {"name": f"bench-{number:04}", "labels": {"app": "bench"}},
                "spec": {
                    "nodeSelector": {"no-node": "has-it"},
                    "containers": [
                        {"name": "web", "image": "homics/gateway:1.0.0", "ports": [{"containerPort": 8080}]}
                    ],
                },
            }
            for number in range(count)
        )
        began = time.perf_counter()
        asyncio.run(post_all(place.access(), f"/api/v1/namespaces/{place.namespace}/pods", pods))
        print(f"{count} pods made, {place.name:<8}   {time.perf_counter() - began:.1f} s")
    time.sleep(5)


def raw_lists(both: tuple[Place, ...], runs: int) -> Taken:
    """All at once as JSON, read to the end and not parsed into objects of a library."""
    taken: Taken = {place.name: [] for place in both}

    async def measure() -> None:
        for _ in range(runs):
            for place in both:
                began = time.perf_counter()
                await get(place.access(), f"/api/v1/namespaces/{place.namespace}/pods")
                taken[place.name].append(time.perf_counter() - began)

    asyncio.run(measure())
    return taken


def watchers(place: Place, count: int, rate: int, seconds: float = 5.0) -> None:
    changes = int(rate * seconds)
    command = [sys.executable, "-m", "benchmarks.watchers", str(place.kubeconfig), place.namespace]
    with subprocess.Popen([*command, str(count), str(changes)], stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        if child.stdout.readline().strip() != "watching":
            raise SystemExit(f"{place.name}: the watchers did not begin.")
        took = asyncio.run(_change(place, changes, rate))
        result: dict[str, Any] = json.loads(child.stdout.read())
    lags = sorted(result["lags"])
    print(
        f"{count} watchers, {place.name:<8}     {changes} changes in {took:.1f} s ({changes / took:.0f} a second);"
        f" {result['complete']} watchers got all (least {result['least']}); lag median"
        f" {statistics.median(lags) * 1000:.0f} ms, 99 % {lags[int(len(lags) * 0.99)] * 1000:.0f} ms,"
        f" most {lags[-1] * 1000:.0f} ms"
    )


async def _change(place: Place, changes: int, rate: int) -> float:
    """One ConfigMap after the other gets the number of the change and the time, `rate` times a second."""
    path = f"/api/v1/namespaces/{place.namespace}/configmaps"
    cluster = place.access()
    names = [f"bench-{number}" for number in range(20)]
    await post_all(cluster, path, ({"metadata": {"name": name}, "data": {"number": "none"}} for name in names))
    began = time.perf_counter()
    async with cluster.session(32) as session:

        async def one(number: int) -> None:
            data = {"number": str(number), "sent": str(time.time())}
            headers = {"Content-Type": "application/merge-patch+json"}
            url = f"{path}/{names[number % len(names)]}"
            async with session.patch(url, data=json.dumps({"data": data}), headers=headers) as answer:
                if answer.status != 200:
                    raise SystemExit(f"PATCH answered {answer.status}: {await answer.text()}")

        running = []
        for number in range(changes - 1):
            running.append(asyncio.create_task(one(number)))
            await asyncio.sleep(max(0.0, began + (number + 1) / rate - time.perf_counter()))
        await asyncio.gather(*running)
        await one(changes - 1)
    return time.perf_counter() - began


def report(what: str, taken: Taken, aim: float) -> None:
    ours, theirs = (statistics.median(taken[name]) for name in ("practice", "real"))
    print(
        f"{what:<26} practice {ours * 1000:.0f} ms, real {theirs * 1000:.0f} ms (medians of {len(taken['real'])}):"
        f" {ours / theirs:.2f} times; the aim of {aim} is {met(ours / theirs <= aim)}"
    )


def met(holds: bool) -> str:
    return "met" if holds else "missed"


def _list(values: Any) -> str:
    return ", ".join(f"{value:.2f} s" for value in values)


if __name__ == "__main__":
    main()
