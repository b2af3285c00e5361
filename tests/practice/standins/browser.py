"""A real headless browser, spoken to as the WebDriver standard says; nothing but the driver's own program is needed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

DRIVER = shutil.which("chromedriver")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DEADLINE_SECONDS = 30.0
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1000,800",
)


class Browser:
    """`close` it: the driver and the browser are processes."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        assert DRIVER is not None
        self._driver = subprocess.Popen(
            [DRIVER, f"--port={self._port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._session = ""
        try:
            self.until(self._driver_answers, "the driver answers")
            options = {"args": [*_OPTIONS, f"--user-data-dir={folder}"], "binary": BROWSER}
            wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            body = {"capabilities": {"alwaysMatch": wanted}}
            self._session = f"/session/{self._ask('POST', '/session', body)['sessionId']}"
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self._session:
            self._ask("DELETE", self._session)
        self._driver.terminate()
        try:
            self._driver.wait(10)
        except subprocess.TimeoutExpired:
            self._driver.kill()
            self._driver.wait()

    def _driver_answers(self) -> bool:
        try:
            return bool(self._ask("GET", "/status")["ready"])
        except OSError:
            return False

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    @staticmethod
    def until(condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"still not: {what}"
            time.sleep(0.05)

    def go(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._ask("GET", f"{self._session}/url"))

    def run(self, script: str) -> Any:
        """A function's body in the page's language."""
        return self._ask("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    @property
    def text(self) -> str:
        return str(self.run("return document.body.innerText"))

    def shows(self, text: str) -> None:
        """Wait until the page shows it."""
        try:
            self.until(lambda: text in self.text, f"the page shows {text!r}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it shows {self.text[:500]!r}") from error

    def _element(self, css: str) -> str:
        found = self._ask("POST", f"{self._session}/element", {"using": "css selector", "value": css})
        return str(next(iter(found.values())))

    def click(self, css: str) -> None:
        self._ask("POST", f"{self._session}/element/{self._element(css)}/click", {})

    def type(self, css: str, text: str) -> None:
        self._ask("POST", f"{self._session}/element/{self._element(css)}/value", {"text": text})

    def forget(self) -> None:
        """Cookies, and complaints so far."""
        self._ask("DELETE", f"{self._session}/cookie")
        self.complaints()

    def complaints(self) -> list[str]:
        """What the browser's console says went wrong since the last call, but for answers of 4xx and 5xx."""
        entries = self._ask("POST", f"{self._session}/se/log", {"type": "browser"})
        return [
            e["message"] for e in entries if e["level"] == "SEVERE" and "Failed to load resource" not in e["message"]
        ]
