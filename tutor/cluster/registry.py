"""How many images this machine's address may still pull from Docker Hub today.

The two requests are those that Docker documents for it; a HEAD does not count as a pull.
Source: docs.docker.com, Docker Hub, Pull usage and limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

TOKEN = "https://auth.docker.io/token?service=registry.docker.io&scope=repository:ratelimitpreview/test:pull"
MANIFEST = "https://registry-1.docker.io/v2/ratelimitpreview/test/manifests/latest"
LONGEST = 4.0
"""Seconds for each request."""


@dataclass(frozen=True, slots=True)
class PullLimit:
    """None each where the registry sets no limit."""

    limit: int | None
    remaining: int | None


async def pull_limit(transport: httpx.AsyncBaseTransport | None = None) -> PullLimit | str:
    """The limit, or why it could not be had."""
    try:
        async with httpx.AsyncClient(transport=transport, timeout=LONGEST) as client:
            token = (await client.get(TOKEN)).json()["token"]
            answer = await client.head(MANIFEST, headers={"Authorization": f"Bearer {token}"})
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return f"Docker Hub could not be asked ({type(error).__name__})"
    if answer.status_code == 429:
        return PullLimit(_count(answer.headers.get("ratelimit-limit")), 0)
    if answer.status_code != 200:
        return f"Docker Hub answered {answer.status_code}"
    return PullLimit(_count(answer.headers.get("ratelimit-limit")), _count(answer.headers.get("ratelimit-remaining")))


def _count(header: str | None) -> int | None:
    """ "76;w=21600": pulls, and the window in seconds."""
    number = (header or "").split(";")[0].strip()
    return int(number) if number.isdigit() else None
