#!/usr/bin/env python3
"""Fuzz the reading and judging of learners' files, guided by coverage.

    pip install atheris
    python scripts/fuzz_manifests.py [SECONDS] [FOLDER]

FOLDER keeps the inputs that reached something new, from one run to the next (default: a folder that is removed). It
ends with an error, and the input in a file crash-…, when a file makes the tutor raise, break down or take more than a
second.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    import atheris
except ImportError:
    print("This needs atheris (Linux and macOS): pip install atheris", file=sys.stderr)
    raise SystemExit(2) from None

with atheris.instrument_imports(include=["tutor.core", "tutor.checks", "tutor.kube.schema"]):
    from tests.scenarios.corpus import course, files, judge, reference, scenarios
    from tutor.checks.registry import rules

    list(rules())  # each is loaded when it is asked for, and must be watched from the start

STEPS = [step for step in course().steps if step.files]
SLOW = 1
"""Seconds that one input may take."""


def judge_one(data: bytes) -> None:
    """The first byte chooses the step's file that the rest is the text of."""
    if not data:
        return
    step = STEPS[data[0] % len(STEPS)]
    file = step.files[(data[0] // len(STEPS)) % len(step.files)]
    evaluation = judge(step, {**reference(step.slug), file: data[1:]})
    for finding in evaluation.findings:
        if "itself failed" in finding.message or "gave no answer" in finding.message:
            raise RuntimeError(finding.message)


def seeds(folder: Path) -> None:
    """What learners write, to begin with."""
    for scenario in scenarios():
        place = next((index for index, step in enumerate(STEPS) if step.slug == scenario.step), 0)
        for number, data in enumerate(files(scenario).values()):
            (folder / f"{scenario.step}-{scenario.name}-{number}").write_bytes(bytes([place]) + data)


def main() -> None:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    with tempfile.TemporaryDirectory() as temporary:
        kept = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        kept.mkdir(parents=True, exist_ok=True)
        seeds(kept)
        options = [f"-max_total_time={seconds}", f"-timeout={SLOW}", "-rss_limit_mb=1024", "-max_len=8192"]
        atheris.Setup([sys.argv[0], *options, str(kept)], judge_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
