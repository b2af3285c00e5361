"""The app over a lesson in memory, at the sizes that learners have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui.fake_lesson import FakeLesson
from tutor.ui.app import TutorApp

Opened = Callable[..., AbstractAsyncContextManager[Pilot[None]]]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks, and the terminal is what the test says it is."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    for name in ("NO_COLOR", "COLORFGBG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    # The clipboard of whoever runs the tests stays as it is.
    monkeypatch.setattr("tutor.ui.copying.copier", lambda *_: None)


@pytest.fixture
def lesson() -> FakeLesson:
    return FakeLesson()


@pytest.fixture
def opened(lesson: FakeLesson) -> Opened:
    @asynccontextmanager
    async def run(width: int = 160, height: int = 48) -> AsyncIterator[Pilot[None]]:
        app = TutorApp(lesson)
        app.animation_level = "none"
        async with app.run_test(size=(width, height), notifications=True) as pilot:
            await pilot.pause()
            yield pilot

    return run
