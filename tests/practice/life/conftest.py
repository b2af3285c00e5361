from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tutor.practice import life
from tutor.practice.life import instance
from tutor.practice.life.folder import ClusterFolder


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """The folder of a cluster whose daemon, if a test starts one, ends with the test."""
    folder = tmp_path / "practice"
    yield folder
    record = instance.read(ClusterFolder(folder).instance)
    if record is not None and record.lives():
        # However the test has left it, e.g. stopped by a signal.
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(record.pid).kill()
    life.stop(folder)
