"""pod-template-hash: the same template has the same hash, so that a rollback finds its old ReplicaSet.

A real controller hashes Go's dump of the template; the length and the alphabet are the same here, the value is not.
"""

from __future__ import annotations

import json
from typing import Any

from tutor.practice.store.names import ALPHABET

LABEL = "pod-template-hash"


def template_hash(template: dict[str, Any], collisions: int = 0) -> str:
    """8 to 10 characters."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":")) + (str(collisions) if collisions else "")
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return "".join(ALPHABET[ord(digit) % len(ALPHABET)] for digit in str(value))


def same_template(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Equal but for the hash."""
    return _without_hash(one) == _without_hash(other)


def _without_hash(template: dict[str, Any]) -> dict[str, Any]:
    metadata = dict(template.get("metadata") or {})
    labels = {key: value for key, value in (metadata.pop("labels", None) or {}).items() if key != LABEL}
    metadata = {key: value for key, value in metadata.items() if value not in (None, {}, "")}
    return {**template, "metadata": {**metadata, "labels": labels}}
