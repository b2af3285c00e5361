"""Requests of real clients with the answers of a real API server: recorded/*.jsonl, one exchange a line.

`python -m tests.practice.api.exchanges` asks the cluster that KUBECONFIG names again and writes the answers; it works
in the namespace "recorded", which it makes and deletes. Names of files as arguments: those alone.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.practice.api.normalised import normalised

FOLDER = Path(__file__).parent / "recorded"
NAMESPACE = "recorded"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

Exchange = dict[str, Any]


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"))


def read(path: Path) -> list[Exchange]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def body(exchange: Exchange) -> bytes | None:
    if "base64" in exchange:
        return base64.b64decode(exchange["base64"])
    return exchange["body"].encode() if "body" in exchange else None


def headers(exchange: Exchange) -> dict[str, str]:
    found = {"Accept": TABLE if exchange.get("accept") == "table" else "application/json", "User-Agent": "client/1"}
    return {**found, "Content-Type": exchange["type"]} if "type" in exchange else found


def answer(text: bytes, warnings: list[str]) -> Any:
    """As it is recorded and compared."""
    try:
        content: Any = normalised(json.loads(text))
    except ValueError:
        content = text.decode()
    return {"content": content, "warnings": warnings} if warnings else content


def ask(server: str, exchange: Exchange) -> tuple[int, Any]:
    request = urllib.request.Request(
        server + exchange["path"], body(exchange), headers(exchange), method=exchange["method"]
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, answer(response.read(), response.headers.get_all("Warning") or [])
    except urllib.error.HTTPError as error:
        return error.code, answer(error.read(), error.headers.get_all("Warning") or [])


def record(server: str, path: Path) -> None:
    exchanges = read(path)
    subprocess.run(["kubectl", "create", "namespace", NAMESPACE], check=True)
    time.sleep(1)  # Its controllers make what belongs to a new namespace.
    try:
        for exchange in exchanges:
            exchange["code"], exchange["answer"] = ask(server, exchange)
            time.sleep(0.05)
    finally:
        subprocess.run(["kubectl", "delete", "namespace", NAMESPACE], check=True)
    lines = [json.dumps(exchange, ensure_ascii=False, separators=(",", ":")) for exchange in exchanges]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    process = subprocess.Popen(["kubectl", "proxy", "--port=0", "--reject-paths=^$"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        matched = re.search(r":(\d+)\s*$", process.stdout.readline())
        assert matched, "kubectl proxy did not start"
        for path in [path for path in files() if path.stem in sys.argv[1:] or len(sys.argv) == 1]:
            record(f"http://127.0.0.1:{matched[1]}", path)
            print(path.name)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
