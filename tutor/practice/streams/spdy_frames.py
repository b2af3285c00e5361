"""SPDY/3.1 frames: bytes ↔ values. One `Framer` a connection, since headers share a compression context."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tutor.practice.streams.spdy_dictionary import DICTIONARY

FIN = 1
_VERSION = 3
_LARGEST_CONTROL = 1 << 16
INITIAL_WINDOW = 64 << 10

SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY, HEADERS, WINDOW_UPDATE = 1, 2, 3, 4, 6, 7, 8, 9
SETTING_INITIAL_WINDOW = 7


class SpdyError(ValueError):
    """What came in is not SPDY/3."""


@dataclass(frozen=True, slots=True)
class Data:
    stream: int
    payload: bytes
    fin: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """A control frame. `stream` is 0 where it is about the connection."""

    kind: int
    stream: int = 0
    fin: bool = False
    headers: Mapping[str, str] | None = None
    value: int = 0
    """RST_STREAM's and GOAWAY's status, PING's id, WINDOW_UPDATE's number of bytes, SETTINGS' initial window."""


Frame = Data | Control
Purpose = Literal["server", "client"]


class Framer:
    """`feed` what arrives and take the frames; `encode` those to send."""

    def __init__(self) -> None:
        self._buffer = b""
        self._inflate = zlib.decompressobj(zdict=DICTIONARY)
        self._deflate = zlib.compressobj(zdict=DICTIONARY)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Raises: `SpdyError`."""
        self._buffer += data
        while len(self._buffer) >= 8:
            first, second = struct.unpack_from(">II", self._buffer)
            flags, length = second >> 24, second & 0xFFFFFF
            if first >> 31 and length > _LARGEST_CONTROL:
                raise SpdyError("control frame too large")
            if len(self._buffer) < 8 + length:
                return
            body, self._buffer = self._buffer[8 : 8 + length], self._buffer[8 + length :]
            if not first >> 31:
                yield Data(first, body, bool(flags & FIN))
                continue
            if (first >> 16) & 0x7FFF != _VERSION:
                raise SpdyError("not SPDY version 3")
            frame = self._control(first & 0xFFFF, flags, body)
            if frame is not None:
                yield frame

    def _control(self, kind: int, flags: int, body: bytes) -> Control | None:
        try:
            if kind in (SYN_STREAM, SYN_REPLY, HEADERS):
                start = 10 if kind == SYN_STREAM else 4
                stream = struct.unpack_from(">I", body)[0] & 0x7FFFFFFF
                return Control(kind, stream, bool(flags & FIN), self._headers(body[start:]))
            if kind in (RST_STREAM, WINDOW_UPDATE):
                stream, value = struct.unpack_from(">II", body)
                return Control(kind, stream & 0x7FFFFFFF, value=value & 0x7FFFFFFF)
            if kind == PING:
                return Control(kind, value=struct.unpack_from(">I", body)[0])
            if kind == GOAWAY:
                return Control(kind, value=struct.unpack_from(">I", body, 4)[0])
            if kind == SETTINGS:
                return self._settings(body)
        except struct.error as error:
            raise SpdyError("frame cut off") from error
        return None

    @staticmethod
    def _settings(body: bytes) -> Control | None:
        count = struct.unpack_from(">I", body)[0]
        for index in range(min(count, 64)):
            flags_and_id, value = struct.unpack_from(">II", body, 4 + 8 * index)
            if flags_and_id & 0xFFFFFF == SETTING_INITIAL_WINDOW:
                return Control(SETTINGS, value=value)
        return None

    def _headers(self, packed: bytes) -> dict[str, str]:
        try:
            block = self._inflate.decompress(packed, _LARGEST_CONTROL)
        except zlib.error as error:
            raise SpdyError("headers cannot be decompressed") from error
        count, at = struct.unpack_from(">I", block)[0], 4
        texts: list[str] = []
        for _ in range(count * 2):
            length = struct.unpack_from(">I", block, at)[0]
            texts.append(block[at + 4 : at + 4 + length].decode("utf-8", "replace"))
            at += 4 + length
        return dict(zip(texts[::2], texts[1::2], strict=True))

    def encode(self, frame: Frame) -> bytes:
        if isinstance(frame, Data):
            flags = FIN if frame.fin else 0
            return struct.pack(">II", frame.stream, flags << 24 | len(frame.payload)) + frame.payload
        body = self._body(frame)
        flags = FIN if frame.fin else 0
        return struct.pack(">HHI", 0x8000 | _VERSION, frame.kind, flags << 24 | len(body)) + body

    def _body(self, frame: Control) -> bytes:
        if frame.kind == SYN_STREAM:
            return struct.pack(">IIBB", frame.stream, 0, 0, 0) + self._packed(frame.headers or {})
        if frame.kind in (SYN_REPLY, HEADERS):
            return struct.pack(">I", frame.stream) + self._packed(frame.headers or {})
        if frame.kind in (RST_STREAM, WINDOW_UPDATE):
            return struct.pack(">II", frame.stream, frame.value)
        if frame.kind == GOAWAY:
            return struct.pack(">II", frame.stream, frame.value)
        if frame.kind == SETTINGS:
            return struct.pack(">III", 1, SETTING_INITIAL_WINDOW, frame.value)
        return struct.pack(">I", frame.value)

    def _packed(self, headers: Mapping[str, str]) -> bytes:
        block = struct.pack(">I", len(headers))
        for name, value in headers.items():
            for text in (name.lower().encode(), value.encode()):
                block += struct.pack(">I", len(text)) + text
        return self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
