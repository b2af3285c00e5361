"""For terminals without Unicode: every character that is drawn becomes an ASCII one of the same width.

One filter over the finished lines, so that no widget has to think of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

SIGNS = {
    "✓": "+", "✗": "x", "◐": "~", "○": "o", "◌": "o", "●": "*", "·": ".", "•": "*", "▪": "*", "‣": "*", "⭑": "*",
    "◦": "o", "–": "-", "—": "-", "−": "-", "…": ".", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "▸": ">", "▹": ">", "◂": "<", "▶": ">", "◀": "<", "▼": "v", "▲": "^",
    "▾": "v", "▴": "^", "⇥": ">", "↵": "/", "⏎": "/", "⇧": "^", "⭘": "o", "█": "#", "▓": "#", "▒": "%", "░": ".",
    "▌": "|", "▐": "|", "▎": "|", "▏": "|", "▊": "|", "▍": "|", "▋": "|", "▉": "#", "▕": "|", "▀": "'", "▄": "_",
    "▁": "_", "▂": "_", "▃": "_", "▅": "#", "▆": "#", "▇": "#", "▔": "'", "■": "#", "□": "o", "▰": "#", "▱": "-",
    "×": "x", "│": "|", "┃": "|", "║": "|", "─": "-", "━": "-", "═": "=", "╌": "-", "┄": "-", "╵": "|", "╷": "|",
    "╴": "-", "╶": "-", "╸": "-", "╺": "-", "╹": "|", "╻": "|", "✦": "*", "✧": "*", "★": "*", "◆": "*", "◇": "o",
    "›": ">", "‹": "<", "🔎": "> ", "\u00a0": " ",
}  # fmt: skip


def wants_ascii(environment: Mapping[str, str], encoding: str) -> bool:
    """Whether the terminal is to be spared Unicode: its locale names another encoding, or none.

    Python sets LC_CTYPE to C.UTF-8 by itself where LANG is C, so that value says nothing then.
    """
    if "utf" not in encoding.lower():
        return True
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(name, "")
        if name == "LC_CTYPE" and value == "C.UTF-8" and environment.get("LANG") in ("C", "POSIX"):
            continue
        if value:
            return "utf" not in value.lower()
    return False


@lru_cache(4096)
def to_ascii(text: str) -> str:
    """The text with ASCII alone, as wide as before."""
    return text if text.isascii() else "".join(_ascii(character) for character in text)


def _ascii(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    if character in SIGNS:
        return SIGNS[character]
    if "\u2500" <= character <= "\u257f":
        return "+"
    if "\u2800" <= character <= "\u28ff":
        return " " if character == "\u2800" else ":"
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == width and plain.isprintable() else "?" * width


class AsciiFilter(LineFilter):
    """Redraws a line's segments in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control or segment.text.isascii() else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]
