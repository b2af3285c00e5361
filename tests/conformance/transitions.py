"""How the rows of `kubectl get pods -w` change, pod by pod: what a learner sees happen, free of times and names."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

PATIENCE = 30.0
SENTINEL = "sentinel"
"""A pod that no node takes: its row tells that the watch has begun, its end that all before it was seen."""


class Transitions:
    """A running watch; as a context it ends kubectl whatever happens."""

    def __init__(self, kubectl: str, namespace: str, words: str, environment: Mapping[str, str]) -> None:
        self._command = [kubectl, "--namespace", namespace]
        self._words = words.split()
        self._environment = dict(environment)
        self._lines: queue.Queue[str] = queue.Queue()
        self._rows: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        manifest = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": SENTINEL},
            "spec": {
                "nodeSelector": {"no-node": "has-it"},
                "containers": [{"name": "web", "image": "homics/gateway:1.0.0"}],
            },
        }
        self._run("apply", "-f", "-", text=json.dumps(manifest))
        self._process = subprocess.Popen(
            [*self._command, "get", *self._words, "-w", "--output-watch-events"],
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._until("ADDED")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def finish(self) -> list[str]:
        """One line a pod: its name and its distinct rows (READY STATUS RESTARTS), in their order."""
        self._run("delete", "pod", SENTINEL, "--grace-period=0", "--force")
        self._until("DELETED")
        return [f"{name} | {' -> '.join(rows)}" for name, rows in self._rows.items()]

    def _until(self, event: str) -> None:
        """Raises: `queue.Empty` where the sentinel does not show in time."""
        while True:
            words = self._lines.get(timeout=PATIENCE).split()
            if words[0] == "EVENT":
                continue
            if words[1] == SENTINEL:
                if words[0] == event:
                    return
                continue
            row = "gone" if words[0] == "DELETED" else " ".join(words[2:5])
            rows = self._rows.setdefault(words[1], [])
            if not rows or rows[-1] != row:
                rows.append(row)

    def _run(self, *words: str, text: str | None = None) -> None:
        subprocess.run(
            [*self._command, *words], input=text, text=True, check=True, capture_output=True, env=self._environment
        )

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
