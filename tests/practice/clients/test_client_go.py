"""A compiled client-go 0.35 program (tests/practice/clientgo): protobuf, informer by WatchList, server-side apply.

Compiling it for the first time takes a minute and the Go module proxy: HOMICS_TEST_GO=1 asks for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.practice.clients.conftest import Server

PROGRAM = Path(__file__).parent.parent / "clientgo"

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and os.environ.get("HOMICS_TEST_GO")), reason="needs Go, and HOMICS_TEST_GO=1"
)


@pytest.mark.timeout(600)
def test_a_client_go_program_finds_everything_as_on_a_real_cluster(server: Server, tmp_path: Path) -> None:
    binary = tmp_path / "clientgo"
    subprocess.run(["go", "build", "-o", binary, "."], cwd=PROGRAM, check=True)
    ran = subprocess.run(
        [binary, "default"],
        env={**os.environ, "KUBECONFIG": str(server.kubeconfig)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "ok the informer told everything in order" in ran.stdout
