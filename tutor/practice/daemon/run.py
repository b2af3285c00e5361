"""The daemon's process: its folder, its lock, its port, its first word, its signals and its end."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import logging.handlers
import os
import signal
import socket
import sqlite3
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tutor.kube.times import Clock, SystemClock
from tutor.practice.daemon import control_api
from tutor.practice.daemon.cluster import PracticeCluster
from tutor.practice.daemon.objects_file import is_full
from tutor.practice.life import certificates, instance, kubeconfig
from tutor.practice.life.errors import FolderUnusable
from tutor.practice.life.folder import ClusterFolder, unusable

LOG = logging.getLogger("tutor.practice")

_LOG_BYTES = 1 << 20
# How long a daemon that is just ending may still hold the folder, and its port.
_LOCK_SECONDS = 3.0
_BIND_SECONDS = 0.5
_FORGOTTEN_SECONDS = 2.0


def main(arguments: Sequence[str]) -> int:
    """`FOLDER PORT`. The exit code: 0 stopped in order, 1 could not start or failed."""
    folder, port = ClusterFolder(Path(arguments[0])), int(arguments[1])
    os.umask(0o077)
    lock = FileLock(folder.running_lock, mode=0o600)
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        return _say_problem("running", "Another practice cluster still uses this folder.")
    except OSError as error:
        return _say_problem("folder", str(unusable(folder.path, error)))
    try:
        _start_log(folder)
        return asyncio.run(_run(folder, port))
    except FolderUnusable as problem:
        return _say_problem("folder", str(problem))
    finally:
        lock.release()


def _start_log(folder: ClusterFolder) -> None:
    """Raises: `FolderUnusable`."""
    try:
        handler = logging.handlers.RotatingFileHandler(
            folder.log, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=False
        )
    except OSError as error:
        raise unusable(folder.path, error) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # A log that cannot be written (a full disk) must not print tracebacks of logging itself.
    logging.raiseExceptions = False
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("aiohttp").setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("filelock").setLevel(logging.WARNING)


async def _run(folder: ClusterFolder, port: int) -> int:
    clock = SystemClock()
    boot_id = str(uuid.uuid4())
    try:
        listener = await _bind(port)
    except OSError as error:
        LOG.error("port %s: %s", port, error)
        return _say_problem("port-busy", str(error), port=port)
    certificates.ensure(folder, clock.now())
    token = folder.token.read_text("ascii").strip()
    ended = asyncio.Event()
    _on_signals(ended)
    cluster: PracticeCluster
    control = control_api.middleware(token, lambda: {**cluster.status(), "pid": os.getpid()}, ended.set)
    cluster = PracticeCluster(folder, clock, token, boot_id, listener, (control,))
    try:
        try:
            note = await cluster.start()
        except (OSError, sqlite3.Error) as error:
            LOG.exception("start")
            return _say_problem("folder", str(_storage(folder, error)))
        return await _serve(folder, cluster, token, boot_id, ended, note)
    finally:
        await cluster.stop()
        LOG.info("stopped")


async def _serve(
    folder: ClusterFolder, cluster: PracticeCluster, token: str, boot_id: str, ended: asyncio.Event, note: str
) -> int:
    port = int(cluster.listener.getsockname()[1])
    ca = (folder.certificates / "ca.crt").read_bytes()
    kubeconfig.write(folder.kubeconfig, port, ca, token)
    record = instance.of_this_process(boot_id, port)
    record.write(folder.instance)
    if note:
        LOG.warning("%s", note)
    LOG.info("serving on https://127.0.0.1:%s, boot id %s", port, boot_id)
    _say({"pid": record.pid, "began": record.began, "boot_id": boot_id, "port": port, "note": note})
    waits = asyncio.create_task(ended.wait())
    forgotten = asyncio.create_task(_forgotten(folder, record, cluster.clock))
    defect = asyncio.create_task(cluster.failed())
    await asyncio.wait({waits, forgotten, defect}, return_when=asyncio.FIRST_COMPLETED)
    if not forgotten.done():
        folder.instance.unlink(missing_ok=True)
    waits.cancel()
    forgotten.cancel()
    if not defect.done():
        defect.cancel()
        return 0
    LOG.error("a part of the cluster has failed", exc_info=defect.result())
    return 1


async def _forgotten(folder: ClusterFolder, record: instance.Instance, clock: Clock) -> None:
    """Returns when the folder no longer names this daemon, e.g. because it was deleted: nobody could find and stop
    it any more, and its port would stay taken."""
    while instance.read(folder.instance) == record:
        await clock.sleep(_FORGOTTEN_SECONDS)
    LOG.warning("the folder has forgotten this daemon: it ends")


async def _bind(port: int) -> socket.socket:
    """Raises: OSError where the port stays busy."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _BIND_SECONDS
    while True:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform == "win32":
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(("127.0.0.1", port))
            bound.listen(128)
            bound.setblocking(False)
            return bound
        except OSError:
            bound.close()
            if loop.time() > until:
                raise
            await asyncio.sleep(0.1)


def _on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        # There terminating a process asks nothing of it; the control API is the orderly way.
        signal.signal(signal.SIGBREAK, lambda *_: loop.call_soon_threadsafe(ended.set))
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    # The terminal that started it may close.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _storage(folder: ClusterFolder, error: Exception) -> Exception:
    if isinstance(error, sqlite3.Error) and is_full(error):
        error = OSError(errno.ENOSPC, "")
    if isinstance(error, OSError):
        return unusable(folder.path, error)
    return FolderUnusable(f"The practice cluster cannot save its objects in {folder.path} ({error}).")


def _say(document: dict[str, Any]) -> None:
    """The first and only line on standard output; whoever started the daemon reads it."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()
    # Let go of the pipe: nobody reads it any more.
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


def _say_problem(problem: str, message: str, **more: Any) -> int:
    _say({"problem": problem, "message": message, **more})
    return 1
