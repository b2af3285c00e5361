"""Secrets: stringData becomes data."""

from __future__ import annotations

import base64
from typing import Any

Object = dict[str, Any]


def secret_defaults(secret: Object) -> None:
    secret.setdefault("type", "Opaque")
    texts = secret.pop("stringData", None)
    if texts:
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        secret["data"] = {**secret.get("data", {}), **encoded}
