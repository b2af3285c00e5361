"""A cluster of today still says what was recorded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .recorded_answers import NAMES, answers

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.live
@pytest.mark.timeout(600)
def test_the_server_still_says_what_was_recorded(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "record_server_verdicts.py"), str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True)
    wrong = []
    for name in NAMES:
        for then, now in zip(answers(name), answers(name, tmp_path), strict=True):
            if (then.name, then.code, then.message) != (now.name, now.code, now.message):
                wrong.append(
                    f"{name} {then.name[:200]}\n  then: {then.code} {then.message}\n  now: {now.code} {now.message}"
                )
    assert wrong == []
