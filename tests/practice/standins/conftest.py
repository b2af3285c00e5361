from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.standins.marketplace import Site, opened


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests of this folder."""
    with opened(tmp_path_factory.mktemp("market") / "practice") as site:
        yield site
