"""The pages that a learner opens, in a real browser, against the applications as the practice cluster runs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.standins.browser import BROWSER, DRIVER, Browser
from tests.practice.standins.marketplace import Site

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs chromium and chromedriver"),
    pytest.mark.timeout(180),
]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    window = Browser(tmp_path_factory.mktemp("browser") / "profile")
    yield window
    window.close()


@pytest.fixture
def site(market: Site) -> str:
    """The gateway's address; user is there, though a test before may have crashed it."""
    market.log_in("admin")
    return market.url


@pytest.fixture
def browser(window: Browser, site: str) -> Browser:
    """With nobody logged in."""
    window.go(f"{site}/login")
    window.forget()
    return window


def log_in(browser: Browser, site: str, name: str = "nico") -> None:
    browser.go(f"{site}/login")
    browser.type("input[name=username]", name)
    browser.type("input[name=password]", name)
    browser.click("button")
    browser.until(lambda: "/mono/articles" in browser.url, "the articles page is open")


def test_who_is_not_logged_in_comes_to_the_login_and_a_wrong_password_is_said(browser: Browser, site: str) -> None:
    browser.go(f"{site}/user/userActivity")
    assert browser.url == f"{site}/login"
    browser.type("input[name=username]", "nico")
    browser.type("input[name=password]", "eric")
    browser.click("button")
    browser.shows("Unknown name or wrong password.")
    log_in(browser, site)
    assert browser.run("return document.title").startswith("Articles")
    assert browser.complaints() == []


def test_an_order_is_paid_and_reaches_statistics_and_stock(browser: Browser, site: str) -> None:
    log_in(browser, site)
    enabled = "return !document.querySelector('[data-article]').disabled"
    browser.until(lambda: browser.run(enabled) is True, "the order is known")
    browser.click("[data-article='2']")
    browser.shows("1 × Pencil")
    browser.click("[data-article='1']")
    browser.shows("Total: 30.00 €")
    browser.click("#pay")
    browser.shows("is paid.")
    browser.go(f"{site}/stats/stat-order")
    browser.shows("30.00 €")
    browser.go(f"{site}/stock/")
    browser.shows("Article 2\t99")
    assert browser.complaints() == []


def test_the_activity_page_shows_the_login_and_its_button_crashes_the_process(browser: Browser, site: str) -> None:
    log_in(browser, site, "beni")
    browser.go(f"{site}/user/userActivity")
    browser.shows("beni")
    browser.shows("LOGIN")
    browser.click("#crash")
    browser.shows("The process has ended.")
    browser.click("#crash")
    browser.shows("There was no process to crash")
    browser.until(lambda: opens(browser, f"{site}/user/versions", "Answering now"), "the pod is back")
    browser.shows("Answering now: 1.0.0")
    browser.run("fetch('/user/crash')")
    browser.shows("Error calling the server")
    assert int(browser.run("return document.getElementById('errors').textContent")) >= 1
    assert browser.complaints() == []


def opens(browser: Browser, url: str, text: str) -> bool:
    browser.go(url)
    return text in browser.text


def test_the_version_page_calls_each_second_and_can_be_paused(browser: Browser, site: str) -> None:
    log_in(browser, site)
    browser.until(lambda: opens(browser, f"{site}/user/versions", "Answering now"), "the pod is back")
    calls = "return Number(document.getElementById('calls').textContent)"
    browser.until(lambda: browser.run(calls) >= 2, "two calls")
    browser.click("#pause")
    # The page's own clock: in a second of it no call is made.
    browser.run(
        "window.before = Number(document.getElementById('calls').textContent);"
        "setTimeout(() => window.later = true, 1500)"
    )
    browser.until(lambda: browser.run("return window.later === true"), "a second has passed")
    assert browser.run(calls) == browser.run("return window.before")
    browser.click("#pause")
    browser.until(lambda: browser.run(calls) > browser.run("return window.before"), "it goes on")


def test_logging_out_ends_the_session(browser: Browser, site: str) -> None:
    log_in(browser, site, "eric")
    browser.click("header button, nav button, form[action='/perform_logout'] button")
    browser.until(lambda: browser.url == f"{site}/login", "the login page is open")
    browser.go(f"{site}/user/userActivity")
    assert browser.url == f"{site}/login"


@pytest.mark.parametrize("width", [320, 1000])
def test_pages_fit_a_phone_and_a_screen(browser: Browser, site: str, width: int) -> None:
    log_in(browser, site)
    browser._ask("POST", f"{browser._session}/window/rect", {"width": width, "height": 700})
    for page in ("/mono/articles", "/user/userActivity", "/user/versions", "/stats/stat-order", "/stock/"):
        browser.go(site + page)
        overflow = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, page
