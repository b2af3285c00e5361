"""Pages of the documentation: handed to a browser with a window, else told, so that they can be copied."""

from __future__ import annotations

import webbrowser

import pytest

from tests.ui.conftest import Opened
from tests.ui.screen_text import screen_text, until
from tutor.ui.browsing import open_page

PAGE = "https://kubernetes.io/docs/d/"


class Browser:
    def __init__(self, name: str, opens: bool = True) -> None:
        self.name = name
        self.opens = opens
        self.asked: list[str] = []

    def open(self, url: str) -> bool:
        self.asked.append(url)
        return self.opens


@pytest.mark.parametrize(
    ("browser", "said", "asked"),
    [
        (Browser("firefox"), f"Handed to your browser: {PAGE}", [PAGE]),
        (Browser("xdg-open", opens=False), f"No browser could be opened from here. The page is {PAGE}", [PAGE]),
        (Browser("w3m"), f"No browser could be opened from here. The page is {PAGE}", []),
        (Browser("/usr/bin/lynx"), f"No browser could be opened from here. The page is {PAGE}", []),
    ],
)
def test_no_browser_draws_over_the_screen(
    monkeypatch: pytest.MonkeyPatch, browser: Browser, said: str, asked: list[str]
) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    assert open_page(PAGE) == said
    assert browser.asked == asked


@pytest.mark.parametrize("error", [webbrowser.Error("could not locate runnable browser"), OSError()])
def test_a_machine_without_a_browser(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def none() -> Browser:
        raise error

    monkeypatch.setattr(webbrowser, "get", none)
    assert PAGE in open_page(PAGE)


async def test_o_says_where_the_page_is_whatever_became_of_it(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: Browser("lynx"))
    async with opened(80, 24) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: "The page is" in (said := screen_text(pilot.app)) and PAGE in said)
