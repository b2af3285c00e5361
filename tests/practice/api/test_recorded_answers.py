"""The same requests, the same answers: what a real v1.34.2 said to each, in tests/practice/api/recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from tests.practice.api import exchanges
from tutor.practice.api.context import Context


def differences(real: Any, ours: Any, path: str = "") -> Iterator[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in {**real, **ours}:
            yield from differences(real.get(key), ours.get(key), f"{path}/{key}")
    elif isinstance(real, list) and isinstance(ours, list) and len(real) == len(ours):
        for index, (one, other) in enumerate(zip(real, ours, strict=True)):
            yield from differences(one, other, f"{path}/{index}")
    elif real != ours:
        yield f"    {path}\n      real {json.dumps(real)}\n      ours {json.dumps(ours)}"


def brief(code: int, answer: Any) -> dict[str, Any]:
    return {"code": code, "message": answer.get("message") if isinstance(answer, dict) else answer}


@pytest.mark.parametrize("path", exchanges.files(), ids=lambda path: path.stem)
async def test_answers_are_those_of_a_real_server(path: Path, client: TestClient, context: Context) -> None:
    context.store.create(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": exchanges.NAMESPACE}, "spec": {}}
    )
    different = []
    for number, exchange in enumerate(exchanges.read(path), 1):
        async with client.request(
            exchange["method"],
            URL(exchange["path"], encoded=True),
            data=exchanges.body(exchange),
            headers=exchanges.headers(exchange),
            skip_auto_headers={"Content-Type"},
        ) as response:
            found = exchanges.answer(await response.read(), response.headers.getall("Warning", []))
            told = list(differences(exchange["answer"], found))
            if response.status != exchange["code"]:
                # The rest is different then, too.
                told = list(differences(brief(exchange["code"], exchange["answer"]), brief(response.status, found)))
            if told:
                asked = f"{exchange['method']} {exchange['path']} {exchange.get('body', '')[:200]}"
                different.append("\n".join([f"{number}: {asked}", *told]))
    assert not different, "\n".join(different)
