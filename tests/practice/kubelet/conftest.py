from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.practice.kubelet.doubles import Node


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    node = Node(tmp_path)
    await node.kubelet.start()
    yield node
    await node.stop()
    assert node.kubelet.node.problems == []
