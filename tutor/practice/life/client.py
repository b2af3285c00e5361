"""Asking the daemon, over its own API's port, with the token and the certificate of its folder."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from tutor.practice.life.folder import ClusterFolder
from tutor.practice.life.instance import Instance

STATUS_PATH = "/practice/status"
STOP_PATH = "/practice/stop"
ANSWER_SECONDS = 3.0


def ask(folder: ClusterFolder, instance: Instance, method: str, path: str) -> dict[str, Any] | None:
    """The answer; None where the daemon does not answer as itself within that time."""
    try:
        token = folder.token.read_text("ascii").strip()
        context = ssl.create_default_context(cafile=str(folder.certificates / "ca.crt"))
        connection = http.client.HTTPSConnection("127.0.0.1", instance.port, timeout=ANSWER_SECONDS, context=context)
        try:
            connection.request(method, path, headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            if response.status != 200:
                return None
            document = json.loads(response.read(1 << 20))
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    if not isinstance(document, dict) or document.get("boot_id") != instance.boot_id:
        return None
    return document
