"""What the tests of the lesson share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cluster.fake_api import FakeApi


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    """An API server of the test's own."""
    fake = FakeApi()
    await fake.start()
    yield fake
    await fake.stop()
