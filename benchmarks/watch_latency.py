"""From the change at the API server to the recorded transition, beside `kubectl get pods -w` on the same API server.

    KUBECONFIG=… python -m benchmarks.watch_latency [--pods 50] [--rate 20] [--seconds 20] [--idle 0]

As benchmarks/screen_latency.py, without a screen: what is measured is the watch, the recorder and the record on disk.
With --pods 2000 --rate 200 it tells whether a change is lost, the share of a core, and the memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import psutil

from benchmarks.screen_latency import (
    SETTLE,
    Load,
    Watched,
    change,
    gated_pod,
    in_parallel,
    percentiles,
    request,
    start_kubectl,
)
from tutor.cluster.connect import choose
from tutor.cluster.errors import ClusterError
from tutor.cluster.wire import open_wire

AIM = 1.2
"""Times what kubectl needs to print the same changes."""


def start_tutor(namespace: str, result: Path, state: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.headless_watch", namespace, str(result)]
    return subprocess.Popen(command, env={**os.environ, "HOMICS_STATE_DIR": str(state)})


def size_of(state: Path) -> int:
    return sum(file.stat().st_size for file in state.rglob("timeline*"))


async def measure(options: argparse.Namespace) -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise SystemExit("There is no kubectl on the PATH.")
    try:
        target = choose(None, None, None, False, None)
        wire = await open_wire(target)
    except ClusterError as error:
        raise SystemExit(str(error)) from error
    namespace = f"bench-{uuid4().hex[:8]}"
    print(f"{target.context} at {target.server}, namespace {namespace}, {options.pods} pods")
    await request(wire, "POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            pods = f"/api/v1/namespaces/{namespace}/pods"
            await in_parallel(request(wire, "POST", pods, gated_pod(f"bench-{n:05}")) for n in range(options.pods))
            result = Path(folder) / "timeline.json"
            state = Path(folder) / "state"
            tutor = start_tutor(namespace, result, state)
            watch = start_kubectl(kubectl, namespace)
            running += [tutor, watch]
            assert watch.stdout is not None
            listing = Watched(watch.stdout)
            await asyncio.sleep(6)
            if tutor.poll() is not None:
                raise SystemExit("The tutor ended at once.")
            load = Load(psutil.Process(tutor.pid))
            if options.idle:
                await asyncio.sleep(options.idle)
                print(f"idle                 {load.share() * 100:.2f} % of a core, {load.megabytes():.0f} MB")
            load.again()
            sent = await change(wire, namespace, options)
            print(f"under load           {load.share() * 100:.0f} % of a core, {load.megabytes():.0f} MB")
            await asyncio.sleep(SETTLE)
            tutor.terminate()
            await asyncio.to_thread(tutor.wait, 20)
            print(f"on disk              {size_of(state) / 1e6:.1f} MB")
            report(sent, {int(number): at for number, at in json.loads(result.read_text()).items()}, listing.seen)
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            await request(wire, "DELETE", f"/api/v1/namespaces/{namespace}")
            await wire.close()


def report(sent: dict[int, float], recorded: dict[int, float], printed: dict[int, float]) -> None:
    ours = [recorded[number] - at for number, at in sent.items() if number in recorded]
    theirs = [printed[number] - at for number, at in sent.items() if number in printed]
    print(f"in the timeline      {len(ours)} of {len(sent)}: {percentiles(ours)}")
    print(f"kubectl get pods -w  {len(theirs)} of {len(sent)}: {percentiles(theirs)}")
    if len(ours) < len(sent):
        print(f"LOST                 {len(sent) - len(ours)} changes are not in the timeline")
    if len(ours) >= 10 and len(theirs) >= 10:
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"recorded / printed   {ratio:.2f} (medians); the aim of {AIM} is {'met' if ratio <= AIM else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pods", type=int, default=50)
    parser.add_argument("--rate", type=float, default=20.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--idle", type=float, default=0.0, help="seconds")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
