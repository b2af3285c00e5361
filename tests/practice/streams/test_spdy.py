"""SPDY/3.1 as kubectl speaks it: frames, streams, and port-forward over them. The real kubectl is tried beside it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.practice.streams import spdy_frames as spdy
from tutor.practice.streams.port_forward import PortForward
from tutor.practice.streams.spdy_frames import Control, Data, Framer, SpdyError

headers = st.dictionaries(st.from_regex(r"[a-z][a-z-]{0,10}", fullmatch=True), st.text(max_size=20), max_size=4)
frames = st.one_of(
    st.builds(Data, st.integers(1, 99), st.binary(max_size=300), st.booleans()),
    st.builds(Control, st.just(spdy.SYN_STREAM), st.integers(1, 99), st.booleans(), headers),
    st.builds(Control, st.just(spdy.SYN_REPLY), st.integers(1, 99), st.booleans(), headers),
    st.builds(
        Control,
        st.sampled_from([spdy.RST_STREAM, spdy.WINDOW_UPDATE]),
        st.integers(1, 99),
        value=st.integers(0, 1 << 20),
    ),
    st.builds(Control, st.just(spdy.PING), value=st.integers(0, 1 << 20)),
    st.builds(Control, st.just(spdy.SETTINGS), value=st.integers(0, 1 << 20)),
)


@given(st.lists(frames, max_size=8), st.integers(1, 50))
def test_frames_survive_the_wire_in_any_pieces(sent: list[spdy.Frame], size: int) -> None:
    here, there = Framer(), Framer()
    text = b"".join(here.encode(frame) for frame in sent)
    found = [frame for at in range(0, len(text), size) for frame in there.feed(text[at : at + size])]
    assert found == sent


@given(st.binary(max_size=200))
def test_any_bytes_are_frames_or_refused(text: bytes) -> None:
    try:
        for frame in Framer().feed(text):
            assert isinstance(frame, Data | Control)
    except SpdyError:
        return


class Wire:
    """Both ends of a connection: `given` is what the client sends, `sent` what the server does."""

    def __init__(self) -> None:
        self.given: asyncio.Queue[bytes] = asyncio.Queue()
        self.client = Framer()
        self.answers: asyncio.Queue[spdy.Frame] = asyncio.Queue()
        self.data: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self._server = Framer()

    async def receive(self) -> bytes:
        return await self.given.get()

    async def send(self, data: bytes) -> None:
        for frame in self._server.feed(data):
            self.answers.put_nowait(frame)

    def give(self, *frames: spdy.Frame) -> None:
        for frame in frames:
            self.given.put_nowait(self.client.encode(frame))

    def end(self) -> None:
        self.given.put_nowait(b"")

    async def until_end(self, stream: int) -> bytes:
        """All data of a stream."""
        while stream not in self.ended:
            frame = await asyncio.wait_for(self.answers.get(), 5)
            if isinstance(frame, Data):
                self.data[frame.stream] = self.data.get(frame.stream, b"") + frame.payload
                if frame.fin:
                    self.ended.add(frame.stream)
        return self.data[stream]


def opened(stream: int, kind: str, port: int, request: str = "0") -> Control:
    return Control(spdy.SYN_STREAM, stream, headers={"streamtype": kind, "port": str(port), "requestid": request})


@pytest.fixture
async def echo() -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data.upper())
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def test_several_connections_are_forwarded_at_once_and_each_ends_on_its_own(echo: asyncio.Server) -> None:
    wire = Wire()
    local = echo.sockets[0].getsockname()[1]
    running = asyncio.create_task(PortForward(wire, lambda port: asyncio.open_connection("127.0.0.1", local)).run())
    for number in (0, 1):
        wire.give(opened(4 * number + 1, "error", 80, str(number)), opened(4 * number + 3, "data", 80, str(number)))
    big = b"x" * 200_000
    wire.give(Data(3, b"first", fin=True))
    for at in range(0, len(big), 1000):
        wire.give(Data(7, big[at : at + 1000]))
    wire.give(Data(7, b"", fin=True))
    assert await wire.until_end(3) == b"FIRST"
    assert await wire.until_end(7) == big.upper()
    wire.end()
    await asyncio.wait_for(running, 5)
    echo.close()


async def test_a_refused_connection_is_told_on_its_error_stream() -> None:
    async def refused(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise ConnectionRefusedError(f"dial tcp 10.244.0.2:{port}: connect: connection refused")

    wire = Wire()
    running = asyncio.create_task(PortForward(wire, refused).run())
    wire.give(opened(1, "error", 9), opened(3, "data", 9))
    assert await wire.until_end(1) == (
        b"error forwarding port 9 to pod: dial tcp 10.244.0.2:9: connect: connection refused"
    )
    wire.end()
    await asyncio.wait_for(running, 5)


async def test_a_window_that_the_client_keeps_is_kept_to(echo: asyncio.Server) -> None:
    wire = Wire()
    local = echo.sockets[0].getsockname()[1]
    running = asyncio.create_task(PortForward(wire, lambda port: asyncio.open_connection("127.0.0.1", local)).run())
    wire.give(Control(spdy.SETTINGS, value=10), opened(1, "error", 80), opened(3, "data", 80), Data(3, b"y" * 25))
    got = b""
    while len(got) < 10:
        frame = await asyncio.wait_for(wire.answers.get(), 5)
        if isinstance(frame, Data) and frame.stream == 3:
            got += frame.payload
    for _ in range(20):
        await asyncio.sleep(0)
    assert got == b"Y" * 10
    assert wire.answers.empty()
    wire.give(Control(spdy.WINDOW_UPDATE, 3, value=15), Data(3, b"", fin=True))
    assert await wire.until_end(3) == b"Y" * 15
    wire.end()
    await asyncio.wait_for(running, 5)
    echo.close()
