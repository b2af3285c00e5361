"""A client of a daemon, as small as a test needs it."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

DEADLINE_SECONDS = 30.0


def call(
    state: Path, port: int, method: str, path: str, body: Any = None, *, token: str | None = None
) -> tuple[int, Any]:
    """(status, answer). `token` None: the cluster's own."""
    context = ssl.create_default_context(cafile=str(state / "certificates" / "ca.crt"))
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    given = (state / "token").read_text().strip() if token is None else token
    headers = {"Authorization": f"Bearer {given}"} if given else {}
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


PODS = "/api/v1/namespaces/default/pods"


def pod(name: str = "web") -> dict[str, Any]:
    container = {
        "name": "gateway",
        "image": "homics/gateway:1.0.0",
        "env": [{"name": "START_DELAY", "value": "0s"}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}


def get(state: Path, port: int, path: str) -> Any:
    status, answer = call(state, port, "GET", path)
    assert status == 200, answer
    return answer


def until(condition: Callable[[], bool], what: str) -> None:
    """Poll a process that tells nobody when it is done. Raises: AssertionError at the deadline."""
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"still not: {what}"
        time.sleep(0.02)


def runs(state: Path, port: int, name: str = "web") -> bool:
    statuses = get(state, port, f"{PODS}/{name}")["status"].get("containerStatuses") or [{"state": {}}]
    return "running" in statuses[0]["state"]


def containers_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)
