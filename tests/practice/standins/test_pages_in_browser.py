"""The pages that a learner opens, in a real browser, against the applications as the practice cluster runs them."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.practice.life.kube import call, get, until
from tests.practice.standins.browser import BROWSER, DRIVER, Browser
from tutor.practice import life

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs chromium and chromedriver"),
    pytest.mark.timeout(180),
]

# name → (image, Service's name, port, START_DELAY)
APPLICATIONS = {
    "gateway": ("homics/gateway:1.0.0", "gateway", 8080, "0s"),
    "db": ("oscarfonts/h2:1.4.197", "homics-db", 1521, "0s"),
    "user": ("homics/user-activity:1.0.0", "user", 9001, "2s"),
    "monolith": ("homics/monolith:1.0.0", "monolith", 8090, "0s"),
    "stats": ("homics/stats:1.0.0", "stats", 9002, "0s"),
    "stock": ("homics/stock:1.0.0", "stock", 9003, "0s"),
    "kafka": ("wurstmeister/kafka:1.0.0", "kafka", 9092, "0s"),
    "zookeeper": ("wurstmeister/zookeeper", "zookeeper", 2181, "0s"),
}
KAFKA = {
    "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
    "KAFKA_ADVERTISED_HOST_NAME": "kafka",
    "KAFKA_ZOOKEEPER_CONNECT": "zookeeper:2181",
}


def objects(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(Deployment, Service)."""
    image, service, port, delay = APPLICATIONS[name]
    variables = {"START_DELAY": delay, **(KAFKA if name == "kafka" else {})}
    probe = {"tcpSocket": {"port": port}, "periodSeconds": 1}
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "readinessProbe": probe,
    }
    labels = {"app": name}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    kind = "NodePort" if name == "gateway" else "ClusterIP"
    entry = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": service}}
    return deployment, {**entry, "spec": {"type": kind, "selector": labels, "ports": [{"port": port}]}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gateway's address, with every application ready."""
    state = tmp_path_factory.mktemp("site") / "practice"
    port = life.start(state, 0).port
    try:
        for name in APPLICATIONS:
            deployment, service = objects(name)
            path = "/apis/apps/v1/namespaces/default/deployments"
            assert call(state, port, "POST", path, deployment)[0] == 201
            assert call(state, port, "POST", "/api/v1/namespaces/default/services", service)[0] == 201

        def ready() -> bool:
            found = get(state, port, "/apis/apps/v1/namespaces/default/deployments")["items"]
            return all(deployment["status"].get("availableReplicas") for deployment in found)

        until(ready, "every application is ready")
        gateway = get(state, port, "/api/v1/namespaces/default/services/gateway")
        yield f"http://127.0.0.1:{gateway['spec']['ports'][0]['nodePort']}"
    finally:
        life.stop(state)


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    window = Browser(tmp_path_factory.mktemp("browser") / "profile")
    yield window
    window.close()


@pytest.fixture
def browser(window: Browser, site: str) -> Browser:
    """With nobody logged in."""
    window.go(f"{site}/login")
    window.forget()
    return window


@pytest.fixture(autouse=True)
def _user_is_there(site: str) -> None:
    """A test before may have crashed it: logging in needs it."""
    host = site.removeprefix("http://")

    def logs_in() -> bool:
        connection = http.client.HTTPConnection(host, timeout=10)
        try:
            body = "username=admin&password=admin"
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/perform_login", body, kind)
            return connection.getresponse().status == 200
        finally:
            connection.close()

    until(logs_in, "user is back")


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
    browser.shows("Empty.")
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
