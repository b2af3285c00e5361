"""The built-in kubectl against what kubectl printed and what the API server answered (scripts/record_kubectl.py)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tutor.cli.little_kubectl.commands import obey
from tutor.cli.little_kubectl.errors import Failure
from tutor.cluster.api import Answer, Target

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
RECORDED = sorted((HERE / "data").glob("*.json"))
TARGET = Target("minikube", "minikube", "https://192.168.49.2:8443", "recorded", "/nowhere/kubeconfig")


class Replay:
    """A wire that answers as the API server did, and insists on the same questions."""

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        self.left = list(exchanges)

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        assert self.left, f"{method} {path} was not asked when this was recorded"
        expected = self.left.pop(0)
        query = {key: str(value) for key, value in (options.get("query") or {}).items()}
        assert (method, path, query) == (expected["method"], expected["path"], expected["query"])
        body = options.get("body")
        assert (json.loads(body) if body else None) == expected["sent"]
        answer = expected["answer"]
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        return Answer(expected["status"], data, {"warning": expected["warning"]} if expected["warning"] else {})

    async def close(self) -> None:
        assert self.left == []


class Then:
    """The time of the recording."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_it_asks_and_prints_as_kubectl_did(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    monkeypatch.chdir(ROOT)
    replay = Replay(recorded["exchanges"])

    async def opener(_: Target) -> Any:
        return replay

    told = ""
    try:
        code = asyncio.run(obey(TARGET, recorded["words"].split(), opener, Then(recorded["now"])))
    except Failure as failure:
        code, told = failure.code, f"{failure}\n"
    captured = capsys.readouterr()
    assert (captured.out, captured.err + told, code) == (recorded["stdout"], recorded["stderr"], recorded["code"])


def test_there_are_recordings_and_they_name_their_version() -> None:
    assert len(RECORDED) >= 50
    assert (HERE / "data" / "version.txt").read_text().startswith("kubectl v1.34.2, Kubernetes v1.34.2")
