from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.practice.api.doubles import TOKEN, NodeDouble, new_context
from tutor.practice.api.context import Context
from tutor.practice.api.server import application


@pytest.fixture
def cluster() -> tuple[Context, NodeDouble]:
    return new_context()


@pytest.fixture
def context(cluster: tuple[Context, NodeDouble]) -> Context:
    return cluster[0]


@pytest.fixture
def node(cluster: tuple[Context, NodeDouble]) -> NodeDouble:
    return cluster[1]


@pytest.fixture
async def client(context: Context) -> AsyncIterator[TestClient]:
    """With the token. Watches that a test leaves open end with it."""
    client = TestClient(TestServer(application(context)), headers={"Authorization": f"Bearer {TOKEN}"})
    await client.start_server()
    yield client
    context.close()
    await client.close()
