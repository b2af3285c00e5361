"""The practice cluster's own kubeconfig: a file in its folder, never the learner's."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tutor.practice.life.folder import write_private

NAME = "homics-practice"
"""Of the context, the cluster and the user."""


def write(path: Path, port: int, ca_certificate: bytes, token: str) -> None:
    """Raises: `FolderUnusable`. JSON is YAML too, and every client reads it."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": [
            {
                "name": NAME,
                "cluster": {
                    "server": f"https://127.0.0.1:{port}",
                    "certificate-authority-data": base64.b64encode(ca_certificate).decode(),
                },
            }
        ],
        "users": [{"name": NAME, "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME, "namespace": "default"}}],
        "current-context": NAME,
    }
    write_private(path, json.dumps(document, indent=2).encode() + b"\n")
