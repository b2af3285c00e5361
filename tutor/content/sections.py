"""Parts of a Markdown text by their headings."""

from __future__ import annotations

import re

REASONS, MISTAKES = "Why each field", "Mistakes to expect"
"""Headings of instructor.md."""
OTHER_WAYS = "Other correct ways"
"""Heading of done.md."""
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def section(markdown: str, heading: str) -> str:
    """The text below a heading of the second level, without it; "" where there is none."""
    parts = _HEADING.split(markdown)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found.get(heading, "").strip()
