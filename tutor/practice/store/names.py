"""Names that the API server makes: generateName's suffix."""

from __future__ import annotations

import random

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels and no look-alikes. Source: k8s.io/apimachinery/pkg/util/rand."""

SUFFIX_LENGTH = 5
MAX_PREFIX = 63 - SUFFIX_LENGTH


def generated_name(prefix: str) -> str:
    return prefix[:MAX_PREFIX] + "".join(random.choices(ALPHABET, k=SUFFIX_LENGTH))
