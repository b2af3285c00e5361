"""The events of one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask


async def events_of(ask: Ask, obj: Mapping[str, Any]) -> list[dict[str, Any]]:
    metadata = obj["metadata"]
    wanted = {
        "involvedObject.kind": obj["kind"],
        "involvedObject.name": metadata["name"],
        "involvedObject.namespace": metadata.get("namespace", ""),
        "involvedObject.uid": metadata["uid"],
    }
    field_selector = ",".join(f"{key}={value}" for key, value in wanted.items() if value)
    return await ask.objects(await ask.resource("events"), fieldSelector=field_selector)
