"""Texts that stand for a value, times and base64; and what Go says of one that it cannot read.

Source: Go, time.Parse and encoding/base64. The words are those of v1.34.2.
"""

from __future__ import annotations

import re

_TIME = "2006-01-02T15:04:05Z07:00"
_MICRO = "2006-01-02T15:04:05.000000Z07:00"
_PARTS = (
    ("2006", r"\d{4}"),
    ("-", "-"),
    ("01", r"\d{2}"),
    ("-", "-"),
    ("02", r"\d{2}"),
    ("T", "T"),
    ("15", r"\d{2}"),
    (":", ":"),
    ("04", r"\d{2}"),
    (":", ":"),
    ("05", r"\d{2}(?:[.,]\d+)?"),
    ("Z07:00", r"Z|[+-]\d{2}:\d{2}"),
)


_RANGES = (("month", 5, 1, 12), ("day", 8, 1, 31), ("hour", 11, 0, 23), ("minute", 14, 0, 59), ("second", 17, 0, 59))
"""Part, where its two digits stand, least, most."""


def time_problem(text: str, form: str) -> str:
    """What Go says of a text that is no RFC 3339 time; empty for one that is. `form`: "time" or "microTime"."""
    layout = _MICRO if form == "microTime" else _TIME
    rest = text
    for name, pattern in _PARTS:
        matched = re.match(pattern, rest, re.ASCII)
        if matched is None:
            return f'parsing time {_quoted(text)} as "{layout}": cannot parse {_quoted(rest)} as "{name}"'
        rest = rest[matched.end() :]
    if rest:
        return f"parsing time {_quoted(text)}: extra text: {_quoted(rest)}"
    for part, at, least, most in _RANGES:
        if not least <= int(text[at : at + 2]) <= most:
            return f"parsing time {_quoted(text)}: {part} out of range"
    if not text.endswith("Z"):
        if int(text[-5:-3]) > 24:
            return f"parsing time {_quoted(text)}: time zone offset hour out of range"
        if int(text[-2:]) > 60:
            return f"parsing time {_quoted(text)}: time zone offset minute out of range"
    if int(text[8:10]) > _days(int(text[:4]), int(text[5:7])):
        return f"parsing time {_quoted(text)}: day out of range"
    return ""


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)


def _quoted(text: str) -> str:
    """As Go's time package quotes: bytes beyond ASCII one by one."""
    marked = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in text.encode())
    return '"' + marked.replace('"', '\\"') + '"'


_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def base64_problem(text: str) -> str:
    """What Go says of a text that is not base64 (standard alphabet, padded); empty for one that is."""
    data = text.encode()
    clean = [(index, byte) for index, byte in enumerate(data) if byte not in b"\r\n"]
    for number, (index, byte) in enumerate(clean):
        if byte not in _BASE64:
            wrong = _padding_problem([*clean[number:], (len(data), 0)], number % 4) if byte == ord("=") else index
            return "" if wrong is None else f"illegal base64 data at input byte {wrong}"
    if len(clean) % 4:
        # Go names the first byte of the group that is not whole.
        return f"illegal base64 data at input byte {len(data) - len(clean) % 4}"
    return ""


def _padding_problem(rest: list[tuple[int, int]], filled: int) -> int | None:
    """The byte that Go calls illegal, from the first "=" on; None where it ends right. `filled`: characters before it
    in its group of four; `rest` ends with a byte that stands for the end."""
    if filled < 2:
        return rest[0][0]
    if filled == 2:
        if rest[1][1] != ord("="):
            return rest[1][0] if len(rest) == 2 else rest[1][0] - 1
        rest = rest[1:]
    return None if len(rest) == 2 else rest[1][0]
