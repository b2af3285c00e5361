"""Many watchers of one namespace's ConfigMaps while they change: how far behind each one is. Used by practice_cluster.

    python -m benchmarks.watchers KUBECONFIG NAMESPACE WATCHERS CHANGES

Waits for the change with the number CHANGES on each connection, or until nothing came for ten seconds. Prints JSON:
`complete` (watchers that got every change) and `lags` (seconds from sending a change to having read it).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from benchmarks.api_access import Access, access

SILENCE = 10.0
_SENT = re.compile(rb'"number":"(\d+)","sent":"([\d.]+)"')


async def watch(cluster: Access, path: str, changes: int, ready: asyncio.Event, lags: list[float]) -> int:
    """How many different changes came."""
    host, port = cluster.address
    reader, writer = await asyncio.open_connection(host, port, ssl=cluster.tls, server_hostname=host)
    headers = "".join(f"{name}: {value}\r\n" for name, value in cluster.headers.items())
    writer.write(
        f"GET {path}?watch=1 HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/json\r\n{headers}\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    ready.set()
    seen: set[int] = set()
    rest = b""
    try:
        while changes - 1 not in seen:
            piece = rest + await asyncio.wait_for(reader.read(1 << 16), SILENCE)
            now = time.time()
            found = list(_SENT.finditer(piece))
            for match in found:
                seen.add(int(match[1]))
            if found:
                lags.append(now - float(found[0][2]))
                rest = piece[found[-1].end() :]
            else:
                rest = piece
            if not piece:
                break
    except TimeoutError:
        pass
    writer.close()
    return len(seen)


async def main() -> None:
    cluster, namespace = access(Path(sys.argv[1])), sys.argv[2]
    watchers, changes = int(sys.argv[3]), int(sys.argv[4])
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    lags: list[float] = []
    ready = [asyncio.Event() for _ in range(watchers)]
    running = [asyncio.create_task(watch(cluster, path, changes, event, lags)) for event in ready]
    await asyncio.gather(*(event.wait() for event in ready))
    print("watching", flush=True)
    counts = await asyncio.gather(*running)
    print(json.dumps({"complete": sum(count == changes for count in counts), "least": min(counts), "lags": lags}))


if __name__ == "__main__":
    asyncio.run(main())
