"""What holds for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings

from tests.cluster.fake_api import FakeApi

# The same examples on every machine, and no time measured: a run fails for what was changed, not for how busy it was.
# `--hypothesis-profile=searching` looks for new ones.
NO_TIMES = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, **NO_TIMES)
settings.register_profile("searching", max_examples=2_000, **NO_TIMES)
settings.load_profile("repeatable")


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    """An API server of the test's own."""
    fake = FakeApi()
    await fake.start()
    yield fake
    await fake.stop()
