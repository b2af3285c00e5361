"""From the change at the API server to the cell on the screen, beside `kubectl get pods -w` on the same API server.

    KUBECONFIG=… python -m benchmarks.screen_latency [--pods 50] [--rate 50] [--seconds 20] [--idle 0]

Makes a namespace of its own with pods that nothing schedules (a scheduling gate holds them), so that nobody else
changes them, and deletes it at the end. Each change sets the restart count of one pod, through its status, to a number
that is used once. The time runs from the moment before the PATCH is sent until the number is read

- on the terminal of the whole tutor (a pseudo-terminal of 160 columns; of up to 100 pods each has its line), and
- in the output of `kubectl get pods -w`, started beside it.

Both read the same changes in the same run, so the ratio between them does not depend on the machine. With --pods 2000
--rate 200 not every pod fits the screen: then the share of a core, the memory, and whether every change is in the
timeline are what to look at. --idle measures the share of a core over that many seconds before anything changes.

Needs Linux or macOS (a pseudo-terminal), a kubectl, and a cluster whose context may be written to.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import pty
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import IO
from uuid import uuid4

import psutil

from benchmarks.load import Load
from tutor.cluster.connect import choose
from tutor.cluster.errors import ClusterError
from tutor.cluster.wire import Wire, open_wire

AIM = 0.150
"""Seconds from the change to the drawn cell, median, under 50 changes a second."""
FIRST_NUMBER = 100_000
ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z$]|\x1b[()][A-Z0-9]|\x1b[=>]")
NUMBER = re.compile(rb"(?<!\d)1\d{5}(?!\d)")
MOST_OPEN = 20
"""Changes that wait for the API server at the same time."""
SETTLE = 3.0
"""Seconds for the last changes to arrive."""


class Watched:
    """Reads an output and remembers when each number was first seen in it."""

    def __init__(self, source: int | IO[bytes]) -> None:
        self._fd = source if isinstance(source, int) else source.fileno()
        self.seen: dict[int, float] = {}
        self.bytes = 0
        self._rest = b""
        os.set_blocking(self._fd, False)
        asyncio.get_running_loop().add_reader(self._fd, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 1 << 20)
        except BlockingIOError:
            return
        except OSError:  # the terminal's other end is closed
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._fd)
            return
        now = time.time()
        self.bytes += len(data)
        text = self._rest + data
        # A number that a later read completes must not be read in two halves.
        cut = max(text.rfind(b" "), text.rfind(b"\x1b"), text.rfind(b"\n"))
        whole, self._rest = (text[:cut], text[cut:]) if cut > 0 else (b"", text)
        for found in NUMBER.finditer(ESCAPES.sub(b" ", whole)):
            self.seen.setdefault(int(found[0]), now)


async def request(wire: Wire, method: str, path: str, body: object = None, content: str = "application/json") -> None:
    data = json.dumps(body).encode() if body is not None else None
    answer = await wire.call(method, path, body=data, headers={"Content-Type": content}, timeout=30.0)
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {answer.body[:300]!r}")


def gated_pod(name: str) -> dict[str, object]:
    return {
        "metadata": {"name": name, "labels": {"app": "bench"}},
        "spec": {
            "schedulingGates": [{"name": "benchmark/held"}],
            "containers": [{"name": "held", "image": "held:1"}],
        },
    }


def status_of(count: int) -> dict[str, object]:
    state = {"name": "held", "image": "held:1", "imageID": "", "ready": False, "restartCount": count, "state": {}}
    return {"status": {"containerStatuses": [state]}}


async def in_parallel(jobs: Iterable[Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(MOST_OPEN)

    async def one(job: Awaitable[None]) -> None:
        async with gate:
            await job

    await asyncio.gather(*(one(job) for job in jobs))


def start_tutor(namespace: str, folder: Path, rows: int) -> tuple[subprocess.Popen[bytes], int, Path]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 160, 0, 0))
    result = folder / "timeline.json"
    env = {**os.environ, "HOMICS_STATE_DIR": str(folder / "state"), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "benchmarks.live_app", namespace, str(result)]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True)
    os.close(slave)
    return process, master, result


def start_kubectl(kubectl: str, namespace: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([kubectl, "-n", namespace, "get", "pods", "-w"], stdout=subprocess.PIPE)


def percentiles(values: list[float]) -> str:
    if len(values) < 10:
        return "too few"
    cuts = statistics.quantiles(values, n=20)
    middle, most, worst = (value * 1e3 for value in (statistics.median(values), cuts[17], max(values)))
    return f"median {middle:.0f} ms, 90 % {most:.0f} ms, worst {worst:.0f} ms"


async def change(wire: Wire, namespace: str, options: argparse.Namespace) -> dict[int, float]:
    """Change pods in turn at the rate, or as fast as the API server takes it. Number → when it was sent."""
    sent: dict[int, float] = {}
    gate = asyncio.Semaphore(MOST_OPEN)
    refused = 0

    async def one(number: int, name: str) -> None:
        nonlocal refused
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
        at = time.time()
        try:
            await request(wire, "PATCH", path, status_of(number), "application/strategic-merge-patch+json")
            sent[number] = at
        except ClusterError:
            refused += 1
        finally:
            gate.release()

    began = time.monotonic()
    async with asyncio.TaskGroup() as calls:
        for count in range(int(options.rate * options.seconds)):
            wait = began + count / options.rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            await gate.acquire()
            calls.create_task(one(FIRST_NUMBER + count, f"bench-{count % options.pods:05}"))
    lasted = time.monotonic() - began
    print(f"changes              {len(sent)}, {len(sent) / lasted:.0f} a second; {refused} not taken by the API server")
    return sent


async def measure(options: argparse.Namespace) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise SystemExit("There is no kubectl on the PATH.")
    target = choose(None, None, None, False, None)
    wire = await open_wire(target)
    namespace = f"bench-{uuid4().hex[:8]}"
    print(f"{target.context} at {target.server}, namespace {namespace}, {options.pods} pods")
    await request(wire, "POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    tutor: subprocess.Popen[bytes] | None = None
    watch: subprocess.Popen[bytes] | None = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            pods = f"/api/v1/namespaces/{namespace}/pods"
            await in_parallel(request(wire, "POST", pods, gated_pod(f"bench-{n:05}")) for n in range(options.pods))
            rows = options.pods + 45 if options.pods <= 100 else 60
            tutor, terminal, result = start_tutor(namespace, Path(folder), rows)
            watch = start_kubectl(kubectl, namespace)
            assert watch.stdout is not None
            screen, listing = Watched(terminal), Watched(watch.stdout)
            await asyncio.sleep(8)
            if tutor.poll() is not None:
                raise SystemExit("The tutor ended at once.")
            load = Load(psutil.Process(tutor.pid))
            if options.idle:
                await asyncio.sleep(options.idle)
                print(f"idle                 {load.share() * 100:.2f} % of a core, {load.megabytes():.0f} MB")
            load.again()
            written = screen.bytes
            sent = await change(wire, namespace, options)
            share = load.share()
            print(f"under load           {share * 100:.0f} % of a core, {load.megabytes():.0f} MB")
            kilobytes = (screen.bytes - written) / options.seconds / 1e3
            print(f"written              {kilobytes:.0f} kB a second to the terminal")
            await asyncio.sleep(SETTLE)
            tutor.terminate()
            await asyncio.to_thread(tutor.wait, 20)
            report(
                options,
                sent,
                screen,
                listing,
                {int(number): at for number, at in json.loads(result.read_text()).items()},
            )
        finally:
            for process in (tutor, watch):
                if process is not None and process.poll() is None:
                    process.kill()
                    process.wait()
            await request(wire, "DELETE", f"/api/v1/namespaces/{namespace}")
            await wire.close()


def report(
    options: argparse.Namespace,
    sent: dict[int, float],
    screen: Watched,
    listing: Watched,
    recorded: dict[int, float],
) -> None:
    arrived = _after(sent, recorded)
    drawn, printed = _after(sent, screen.seen), _after(sent, listing.seen)
    print(f"in the timeline      {len(arrived)} of {len(sent)}: {percentiles(arrived)}")
    print(f"drawn cells          {len(drawn)} of {len(sent)}: {percentiles(drawn)}")
    print(f"kubectl get pods -w  {len(printed)} of {len(sent)}: {percentiles(printed)}")
    if len(arrived) < len(sent):
        print(f"LOST                 {len(sent) - len(arrived)} changes are not in the timeline")
    if len(arrived) >= 10 and len(printed) >= 10:
        print(f"recorded / printed   {statistics.median(arrived) / statistics.median(printed):.2f} (medians)")
    if len(drawn) >= 10 and len(printed) >= 10:
        ratio = statistics.median(drawn) / statistics.median(printed)
        met = "met" if statistics.median(drawn) <= AIM else "missed"
        print(f"drawn / printed      {ratio:.2f} (medians); the aim of {AIM * 1e3:.0f} ms is {met}")


def _after(sent: dict[int, float], seen: dict[int, float]) -> list[float]:
    """Seconds from the change to when it was seen, of those that were."""
    return [seen[number] - at for number, at in sent.items() if number in seen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pods", type=int, default=50)
    parser.add_argument("--rate", type=float, default=50.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--idle", type=float, default=0.0, help="seconds")
    try:
        asyncio.run(measure(parser.parse_args()))
    except ClusterError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
