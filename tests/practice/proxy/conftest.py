from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.practice.proxy.town import Town


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    town = Town()
    yield town
    await town.close()
