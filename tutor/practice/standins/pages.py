"""The pages that a learner opens in a browser: HTML files beside this module, with `{{name}}` put in."""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "page_files"


@cache
def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def page(name: str, *, title: str, **parts: str) -> str:
    """A whole page: `name`'s body in the common frame. `parts` are HTML already; `title` is text."""
    body = _text(name).replace("{{header}}", _text("header.html"))
    for key, value in parts.items():
        body = body.replace("{{" + key + "}}", value)
    frame = _text("frame.html").replace("{{style}}", _text("style.css"))
    return frame.replace("{{title}}", html.escape(title)).replace("{{body}}", body)
