"""Runs a container as a process of this machine: always a stand-in, started isolated, told everything on stdin."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from tutor.practice import standins
from tutor.practice.kubelet import process_os
from tutor.practice.kubelet.logs import LogFile
from tutor.practice.kubelet.process_records import ProcessRecords
from tutor.practice.kubelet.runtime import ContainerSpec
from tutor.practice.proxy.forward_proxy import ForwardProxy
from tutor.practice.proxy.network import PodNetwork
from tutor.practice.standins.configuration import Configuration, Listen
from tutor.practice.standins.run import COMMAND

_PROGRAM = Path(standins.__file__).parent / "__main__.py"


class ProcessRuntime:
    """Starts processes and joins their ports to the pod network."""

    def __init__(self, network: PodNetwork, proxy: ForwardProxy, records: ProcessRecords) -> None:
        self._network = network
        self._proxy = proxy
        self._records = records

    async def start(self, spec: ContainerSpec, log: LogFile) -> ContainerProcess:
        """Raises: OSError."""
        ports = () if spec.command else spec.stand_in.ports
        listen: list[Listen] = []
        published: list[tuple[int, int]] = []
        started = False
        with contextlib.ExitStack() as handed_over:
            handed_over.callback(lambda: None if started else self._withdraw(spec.address, published))
            for port in ports:
                if self._network.local_port(spec.address, port) is not None:
                    listen.append(Listen(port, "in-use", 0))
                    continue
                told, local, bound = process_os.reserve(port)
                listen.append(told)
                # Before the process is there: another container of the pod, started beside it, has to find it taken.
                self._network.publish(spec.address, port, local)
                published.append((port, local))
                if bound is not None:
                    handed_over.enter_context(bound)
            token = self._proxy.admit(spec.namespace, spec.address)
            configuration = Configuration(
                hostname=spec.hostname,
                env=spec.env,
                listen=tuple(listen),
                proxy_port=self._proxy.port,
                proxy_token=token,
                command=spec.command,
                files=spec.files,
                working_dir=spec.working_dir,
            )
            program = COMMAND if spec.command else spec.stand_in.program
            process = await asyncio.create_subprocess_exec(
                process_os.interpreter(),
                "-I",
                "-S",
                "-X",
                "utf8",
                str(_PROGRAM),
                program,
                spec.stand_in.version,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=process_os.process_environment(),
                cwd=str(_PROGRAM.parent),
                pass_fds=[entry.value for entry in listen if entry.how == "fd"],
                **process_os.creation_options(),
            )
            started = True
        self._records.add(process.pid, f"{spec.namespace}/{spec.pod}/{spec.container}")
        running = ContainerProcess(process, log)
        running.follow(lambda: self._ended(process.pid, spec.address, published, token))
        running.configure(configuration)
        return running

    def _withdraw(self, address: str, published: list[tuple[int, int]]) -> None:
        for port, local in published:
            if self._network.local_port(address, port) == local:
                self._network.withdraw(address, port)

    def _ended(self, pid: int, address: str, published: list[tuple[int, int]], token: str) -> None:
        self._withdraw(address, published)
        self._proxy.dismiss(token)
        self._records.remove(pid)


class ContainerProcess:
    """One process: its log is followed until it ends."""

    def __init__(self, process: asyncio.subprocess.Process, log: LogFile) -> None:
        self._process = process
        self._log = log
        self._ended_by: int | None = None
        self._done: asyncio.Task[int] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def configure(self, configuration: Configuration) -> None:
        """Its standard input stays open afterwards: it ends with the daemon."""
        if self._process.stdin is not None:
            self._process.stdin.write(configuration.to_line())

    def follow(self, ended: Callable[[], None]) -> None:
        self._done = asyncio.create_task(self._follow(ended), name=f"container process {self.pid}")

    async def _follow(self, ended: Callable[[], None]) -> int:
        output = self._process.stdout
        try:
            while output is not None and (data := await output.read(1 << 16)):
                self._log.feed(data)
            return process_os.exit_code(await self._process.wait(), self._ended_by)
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()
            ended()

    async def wait(self) -> int:
        if self._done is None:
            raise RuntimeError("the process is not followed")
        return await asyncio.shield(self._done)

    def terminate(self) -> None:
        self._ended_by = 15
        if self._process.returncode is None:
            process_os.terminate(self.pid)

    def kill(self) -> None:
        self._ended_by = 9
        if self._process.returncode is None:
            process_os.kill(self.pid)
