"""The commands of a container: a small set, with the words and exit codes of the usual ones, and nothing beyond it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tutor.practice.standins.commands import table
from tutor.practice.standins.commands.names import COMMAND_NAMES
from tutor.practice.standins.commands.world import Connection, Io, UnknownName, World, no_input

FILES = {
    "/etc/hosts": "127.0.0.1\tlocalhost\n",
    "/data/list.txt": "pear\napple\nfig\napple\n",
    "/data/deep/one": "1\n",
}


class Town:
    """A network of one Service, `web`, whose port 80 answers HTTP."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"

    async def connect(self, host: str, port: int) -> Connection:
        if host != "web":
            raise UnknownName(f"lookup {host}: no such host")
        if port != 80:
            raise ConnectionRefusedError("connection refused")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        return reader, writer

    async def lookup(self, host: str) -> tuple[str, list[str]]:
        if host != "web":
            raise UnknownName(host)
        return "web.default.svc.cluster.local", ["10.96.0.9"]

    async def serve(self) -> asyncio.Server:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            self.requests.append(head + await reader.readexactly(length))
            writer.write(self.answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server


class Container:
    def __init__(self) -> None:
        self.town = Town()
        self.world = World(
            network=self.town,
            env={"PATH": "/bin", "NAME": "me", "HOME": "/root"},
            files=dict(FILES),
            hostname="web-1",
        )

    async def run(self, *words: str, stdin: bytes = b"") -> tuple[int, str]:
        """(exit code, everything that was written)."""
        output: list[bytes] = []
        pieces = [stdin] if stdin else []

        async def read() -> bytes:
            return pieces.pop(0) if pieces else b""

        code = await table.run(words, self.world, Io(output.append, output.append, read if stdin else no_input))
        return code, b"".join(output).decode()

    async def sh(self, text: str, *, stdin: bytes = b"") -> tuple[int, str]:
        return await self.run("sh", "-c", text, stdin=stdin)


@pytest.fixture
def container() -> Container:
    return Container()


@pytest.mark.parametrize(
    ("script", "code", "output"),
    [
        ("echo hello world", 0, "hello world\n"),
        ("echo -n x", 0, "x"),
        ("echo \"$NAME\" '$NAME' ${NAME}s $NOPE.", 0, "me $NAME mes .\n"),
        ("false", 1, ""),
        ("true && echo yes || echo no", 0, "yes\n"),
        ("false && echo yes || echo no", 0, "no\n"),
        ("false; echo $?", 0, "1\n"),
        ("exit 7", 7, ""),
        ("echo a; exit 3; echo b", 3, "a\n"),
        ("nosuch", 127, "sh: nosuch: not found\n"),
        ("/usr/bin/python3 -c 1", 127, "sh: /usr/bin/python3: not found\n"),
        ("cat /etc/hosts", 0, "127.0.0.1\tlocalhost\n"),
        ("cat /etc/shadow", 1, "cat: /etc/shadow: No such file or directory\n"),
        ("cat /data", 1, "cat: /data: Is a directory\n"),
        ("cat /data/list.txt | grep app | wc -l", 0, "2\n"),
        ("grep -c apple /data/list.txt", 0, "2\n"),
        ("grep nothing /data/list.txt", 1, ""),
        ("sort -u /data/list.txt", 0, "apple\nfig\npear\n"),
        ("sort -r /data/list.txt | head -n 1", 0, "pear\n"),
        ("head -n 1 /data/list.txt; tail -n 1 /data/list.txt", 0, "pear\napple\n"),
        ("ls /data", 0, "deep\nlist.txt\n"),
        ("ls /nope", 1, "ls: /nope: No such file or directory\n"),
        ("cd /data && pwd && cat deep/one", 0, "/data\n1\n"),
        ("cd /nope", 1, "sh: cd: can't cd to /nope: No such file or directory\n"),
        ("echo one > /tmp/x; echo two >> /tmp/x; cat /tmp/x", 0, "one\ntwo\n"),
        ("for i in 1 2 3; do echo n$i; done", 0, "n1\nn2\nn3\n"),
        ("if [ -f /etc/hosts ]; then echo there; else echo not; fi", 0, "there\n"),
        ("if test -d /nope; then echo there; else echo not; fi", 0, "not\n"),
        ("[ 3 -gt 2 ] && echo more", 0, "more\n"),
        ("A=1; echo $A", 0, "1\n"),
        ("echo $(hostname)", 0, "web-1\n"),
        ("hostname", 0, "web-1\n"),
        ("whoami", 0, "root\n"),
        ("env | grep NAME", 0, "NAME=me\n"),
        ("rm /data/list.txt; ls /data", 0, "deep\n"),
        ("echo 'unclosed", 2, None),
        ("echo a |", 2, None),
        ("# only a comment", 0, ""),
        ("", 0, ""),
    ],
)
async def test_the_shell(container: Container, script: str, code: int, output: str | None) -> None:
    found_code, found = await container.sh(script)
    assert found_code == code
    if output is not None:
        assert found == output
    else:
        assert found.startswith("sh: ")


async def test_input_is_read(container: Container) -> None:
    assert await container.run("cat", stdin=b"typed\n") == (0, "typed\n")
    assert await container.sh("grep b | wc -l", stdin=b"a\nb\nb\n") == (0, "2\n")
    assert await container.run("sh", stdin=b"echo one\necho two\n") == (0, "one\ntwo\n")


@pytest.mark.parametrize(
    ("words", "code", "output"),
    [
        (("curl", "-s", "http://web/"), 0, "hello\n"),
        (("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://web/"), 0, "200"),
        (("wget", "-qO-", "http://web/"), 0, "hello\n"),
        (("curl", "-s", "http://web:81/"), 7, ""),
        (("curl", "http://nosuch/"), 6, "curl: (6) Could not resolve host: nosuch\n"),
        (("curl", "http://web:81/"), 7, "curl: (7) Failed to connect to web port 81: Connection refused\n"),
        (("curl", "-s", "http://127.0.0.1:22/"), 6, ""),
        (("nslookup", "web"), 0, None),
        (("nslookup", "nosuch"), 1, None),
    ],
)
async def test_the_network(container: Container, words: tuple[str, ...], code: int, output: str | None) -> None:
    server = await container.town.serve()
    try:
        found_code, found = await container.run(*words)
    finally:
        server.close()
        await server.wait_closed()
    assert found_code == code
    if output is not None:
        assert found == output


async def test_what_curl_sends(container: Container) -> None:
    server = await container.town.serve()
    try:
        await container.run("curl", "-s", "-X", "POST", "-H", "X-A: b", "-d", "name=me", "http://web/path?x=1")
    finally:
        server.close()
        await server.wait_closed()
    [request] = container.town.requests
    assert request.startswith(b"POST /path?x=1 HTTP/1.1\r\n")
    assert b"X-A: b\r\n" in request
    assert b"Host: web\r\n" in request
    assert request.endswith(b"\r\n\r\nname=me")


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../etc/passwd", "/proc/self/environ", "//etc//passwd", "/data/../../etc/passwd"]
)
async def test_no_path_leads_to_this_machine(container: Container, path: str) -> None:
    for words in (("cat", path), ("head", path), ("grep", "root", path), ("ls", path)):
        code, output = await container.run(*words)
        assert code != 0
        assert "root:" not in output


async def test_nothing_is_written_on_this_machine(container: Container, tmp_path: Path) -> None:
    target = tmp_path / "made"
    for script in (f"echo x > {target}", f"touch {target}", f"cat /etc/hosts >> {target}", f"rm -f {tmp_path}/kept"):
        (tmp_path / "kept").write_text("kept")
        await container.sh(script)
        assert not target.exists()
        assert (tmp_path / "kept").read_text() == "kept"


async def test_a_name_with_a_path_is_the_command_only_from_the_usual_folders(container: Container) -> None:
    assert (await container.run("/bin/hostname"))[0] == 0
    assert (await container.run("/tmp/hostname"))[0] == 127


async def test_sleep_ends_when_it_is_cancelled(container: Container) -> None:
    task = asyncio.create_task(container.run("sleep", "3600"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_no_program_that_this_machine_would_run_is_among_them() -> None:
    assert not COMMAND_NAMES & {"python", "python3", "perl", "java", "ssh", "sudo", "docker", "kubectl", "chmod", "dd"}
