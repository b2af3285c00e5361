#!/usr/bin/env python3
"""How long a check takes: the whole process beside `kubectl apply --dry-run=server`, and from a save to the findings.

    python benchmarks/check_speed.py [--runs 15]

kubectl must be on PATH and KUBECONFIG must lead to a cluster; without them, and without kubernetes-validate, those rows
are left out and said. All commands take turns, so that a busy machine is busy for each of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

STEP = "user-database"
BUDGET, SAVE_BUDGET = 0.4, 0.1
"""Seconds: a whole process, and from a save to the findings."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="times that each command is run (default: 15)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        os.environ["HOMICS_STATE_DIR"] = str(Path(folder) / "state")
        files = fill(workspace)
        return report(measure(commands(workspace, files), runs), save_to_findings(workspace, runs))


def fill(workspace: Path) -> list[Path]:
    """The references of the step and of those before; answers the files of the step itself."""
    from tutor.content.loader import load_course

    course = load_course()
    for file, source in course.reference(STEP).items():
        target = workspace / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    step = course.step(STEP)
    assert step is not None
    return [workspace / file for file in (*step.given, *step.files)]


def commands(workspace: Path, files: list[Path]) -> dict[str, list[str]]:
    check = ["check", STEP, "--offline", "--workspace", str(workspace)]
    found = {
        "homics-tutor check --offline": [sys.executable, "-m", "tutor", *check],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    names = [part for file in files for part in ("-f", str(file))]
    if shutil.which("kubectl") and os.environ.get("KUBECONFIG"):
        found["kubectl apply --dry-run=server"] = ["kubectl", "apply", "--dry-run=server", *names]
    if shutil.which("kubernetes-validate"):
        found["kubernetes-validate"] = ["kubernetes-validate", *(str(file) for file in files)]
    return found


def measure(every: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Seconds of each run of each command; the first run, which fills caches, is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in every}
    for number in range(runs + 1):
        for name, command in every.items():
            seconds = timed(lambda command=command: subprocess.run(command, cwd=ROOT, check=True, capture_output=True))
            if number:
                taken[name].append(seconds)
    return taken


def save_to_findings(workspace: Path, runs: int) -> list[float]:
    """Seconds from a file that was written to the findings of the step, in one process, as the app does it."""
    from tutor.lesson.judging import Judge
    from tutor.lesson.session import open_session
    from tutor.lesson.settings import Settings

    session = open_session(Settings(workspace))
    judge, step = Judge(session), session.step(STEP)
    judge.offline(step, 0.0)
    file = workspace / "kube/user/deployment.yaml"
    text = file.read_text(encoding="utf-8")
    taken = []
    for number in range(runs):
        file.write_text(text.replace("replicas: 1", f"replicas: {number + 1}"), encoding="utf-8")
        taken.append(timed(lambda: judge.offline(step, 0.0)))
    return taken


def timed(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def report(processes: dict[str, list[float]], saves: list[float]) -> int:
    ours = statistics.median(processes["homics-tutor check --offline"])
    print(f"{'whole process':34} {'median':>8} {'fastest':>8}   times the tutor's")
    for name, taken in processes.items():
        median = statistics.median(taken)
        print(f"{name:34} {median:7.3f}s {min(taken):7.3f}s   {median / ours:5.2f}")
    for name in ("kubectl apply --dry-run=server", "kubernetes-validate"):
        if name not in processes:
            print(f"{name:34} left out: it is not here, or there is no cluster")
    save = statistics.median(saves)
    print(f"{'from save to findings':34} {save:7.3f}s {min(saves):7.3f}s")
    within = ours <= BUDGET and save <= SAVE_BUDGET
    print(f"budget: {BUDGET} s and {SAVE_BUDGET} s: {'kept' if within else 'exceeded'}")
    return 0 if within else 1


if __name__ == "__main__":
    raise SystemExit(main())
