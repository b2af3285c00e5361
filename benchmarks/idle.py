"""What the tutor costs while nothing happens, beside `kubectl get pods -w` on the same API server in the same run.

    KUBECONFIG=… python -m benchmarks.idle [--settle 30] [--seconds 60]

Applies the references of the first seven steps in a namespace of its own (the NodePort 31317 has to be free), opens the
tutor on them as a learner does, on a terminal of 160 columns and 48 lines with the live view on it and a call a second,
and deletes the namespace at the end. Once with the step passed and once with a step that is not begun: then it is
judged again each second.

Needs Linux or macOS (a pseudo-terminal), a kubectl, and a cluster whose context may be written to.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

from benchmarks.load import Load

ROOT = Path(__file__).parent.parent
STEPS = ("01-gateway-deployment", "02-gateway-service", "03-user-database", "06-readiness", "07-replicas")
SERVICES = ("database", "gateway", "user")
AIM = 0.01
"""Share of a core."""


def kubectl(*arguments: str) -> str:
    done = subprocess.run(["kubectl", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def marketplace(folder: Path) -> Iterator[str]:
    """The references in `folder`, applied and ready in a namespace that is deleted at the end."""
    shutil.copytree(ROOT / "starter", folder)
    for step in STEPS:
        shutil.copytree(ROOT / "solutions" / step, folder, dirs_exist_ok=True)
    namespace = f"bench-{uuid4().hex[:8]}"
    kubectl("create", "namespace", namespace)
    try:
        for service in SERVICES:
            for file in ("deployment.yaml", "service.yaml"):
                kubectl("apply", "-n", namespace, "-f", str(folder / "kube" / service / file))
        kubectl("wait", "-n", namespace, "--for=condition=Available", "--timeout=120s", "deployment", "--all")
        yield namespace
    finally:
        kubectl("delete", "namespace", namespace)


def swallow(terminal: int) -> None:
    """A terminal that nobody reads would stop the program that writes to it."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        return  # the program has ended


@contextmanager
def tutor(workspace: Path, namespace: str, state: Path) -> Iterator[psutil.Process]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    env = {**os.environ, "HOMICS_STATE_DIR": str(state), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "tutor", "--workspace", str(workspace), "--namespace", namespace]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True)
    os.close(slave)
    reader = threading.Thread(target=swallow, args=(master,), daemon=True)
    reader.start()
    try:
        time.sleep(8)
        os.write(master, b"\x1b")  # closes the welcome
        yield psutil.Process(process.pid)
        if process.poll() is not None:
            raise SystemExit("The tutor ended by itself.")
    finally:
        process.terminate()
        process.wait(20)
        os.close(master)


def measure(name: str, process: psutil.Process, watching: psutil.Process, options: argparse.Namespace) -> None:
    time.sleep(options.settle)
    one, other = Load(process), Load(watching)
    time.sleep(options.seconds)
    share = one.share()
    met = "met" if share < AIM else "missed"
    print(
        f"{name:<24} {share * 100:.2f} % of a core ({met}: {AIM * 100:.0f} %), {one.megabytes():.0f} MB;"
        f" kubectl get pods -w {other.share() * 100:.2f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settle", type=float, default=30.0, help="seconds after the start")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the measurement")
    options = parser.parse_args()
    if shutil.which("kubectl") is None:
        raise SystemExit("There is no kubectl on the PATH.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        workspace, begun = folder / "done", folder / "begun"
        shutil.copytree(ROOT / "starter", begun)
        with marketplace(workspace) as namespace:
            command = ["kubectl", "-n", namespace, "get", "pods", "-w"]
            watch = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            try:
                watching = psutil.Process(watch.pid)
                for name, place in (("the step is passed", workspace), ("the step is not begun", begun)):
                    with tutor(place, namespace, folder / f"state-{place.name}") as process:
                        measure(name, process, watching, options)
            finally:
                watch.terminate()
                watch.wait()


if __name__ == "__main__":
    main()
