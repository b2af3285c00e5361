"""What a real API server v1.34.2 said about the objects of cases.yaml; made by scripts/record_server_verdicts.py."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"
NAMES = sorted(path.name.removesuffix(".json.gz") for path in RECORDED.glob("*.json.gz"))

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    name: str
    """Which case: "new" or "changed", and the edits as JSON."""
    obj: Object
    old: Object | None
    """The object that is there, None where a new one was sent."""
    code: int
    message: str
    causes: list[dict[str, str]]
    stored: Object | None


@functools.cache
def answers(name: str, folder: Path = RECORDED) -> tuple[Answer, ...]:
    return tuple(_answers(name, folder))


def _answers(name: str, folder: Path) -> Iterator[Answer]:
    content = json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))
    for part, old in (("new", None), ("changed", content.get("old"))):
        for case in content.get(part, []):
            obj = old or content["base"]
            for path, value in case["edits"]:
                obj = edited(obj, path, value)
            yield Answer(
                f"{part} {json.dumps(case['edits'])}",
                obj,
                old,
                case["code"],
                case.get("message", ""),
                case.get("causes", []),
                case.get("stored"),
            )


def edited(obj: Any, path: list[Any], value: Any) -> Any:
    """A copy with one value changed; what lies beside it is shared."""
    result = list(obj) if isinstance(obj, list) else dict(obj)
    if len(path) > 1:
        result[path[0]] = edited(result[path[0]], path[1:], value)
    elif value == "$drop":
        del result[path[0]]
    else:
        result[path[0]] = value
    return result
