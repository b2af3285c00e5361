"""`kubectl logs`: of a pod, or of the first pod of a Deployment or Service; as it grows with -f."""

from __future__ import annotations

import re
import sys
from typing import Any

from tutor.cli.little_kubectl.ask import Ask
from tutor.cli.little_kubectl.errors import Failure, from_status
from tutor.cli.little_kubectl.pods import first_pod
from tutor.cli.little_kubectl.words import Asked
from tutor.cluster.api import Answer
from tutor.cluster.wire import as_json

SILENCE = 24 * 3600.0
"""Seconds; a program may have nothing to say for long."""
_SINCE = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


async def run(ask: Ask, asked: Asked) -> int:
    words = asked.arguments
    if not words and not asked.value("selector"):
        raise Failure(
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
            "POD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples"
        )
    if len(words) > 2:
        raise Failure("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")
    pods = await _pods(ask, asked)
    for pod in pods:
        container = asked.value("container") or (words[1] if len(words) == 2 else "")
        await _print(ask, asked, pod, container)
    return 0


async def _pods(ask: Ask, asked: Asked) -> list[dict[str, Any]]:
    if selector := asked.value("selector"):
        return await ask.objects(await ask.resource("pods"), labelSelector=selector)
    word = asked.arguments[0]
    if "/" not in word:
        resource = await ask.resource("pods")
        pod = await ask.find(resource, word)
        if pod is None:
            raise Failure(
                f'error: error from server (NotFound): pods "{word}" not found in namespace "{ask.namespace}"'
            )
        return [pod]
    return [await first_pod(ask, word, say=True)]


async def _print(ask: Ask, asked: Asked, pod: dict[str, Any], container: str) -> None:
    names = [entry["name"] for entry in pod["spec"]["containers"]]
    if container and container not in names:
        raise Failure(f"error: container {container} is not valid for pod {pod['metadata']['name']}")
    if not container and len(names) > 1:
        container = pod["metadata"].get("annotations", {}).get("kubectl.kubernetes.io/default-container", names[0])
        print(f'Defaulted container "{container}" out of: {", ".join(names)}', file=sys.stderr)
    query: dict[str, Any] = {"container": container or names[0]}
    tail = asked.number("tail")
    if tail is not None and tail >= 0:
        query["tailLines"] = tail
    elif asked.value("selector") and "follow" not in asked.on:
        query["tailLines"] = 10  # kubectl's own limit for several pods
    if since := asked.value("since"):
        query["sinceSeconds"] = _seconds(since)
    for switch, name in (("previous", "previous"), ("timestamps", "timestamps"), ("follow", "follow")):
        if switch in asked.on:
            query[name] = "true"
    path = f"/api/v1/namespaces/{ask.namespace}/pods/{pod['metadata']['name']}/log"
    if "follow" in asked.on:
        async for line in ask.wire.lines(path, query=query, silence=SILENCE, headers={"Accept": "*/*"}):
            if isinstance(line, Answer):
                raise from_status(line.status, as_json(line.body))
            print(line.decode("utf-8", "replace"), flush=True)
        return
    answer = await ask.answer("GET", path, query=query, headers={"Accept": "*/*"})
    if answer.status != 200:
        raise from_status(answer.status, as_json(answer.body))
    sys.stdout.write(answer.body.decode("utf-8", "replace"))


def _seconds(text: str) -> int:
    matched = _SINCE.fullmatch(text)
    if not matched or not any(matched.groups()):
        raise Failure(f'error: invalid argument "{text}" for "--since" flag: time: invalid duration "{text}"')
    hours, minutes, seconds = (int(group or 0) for group in matched.groups())
    return hours * 3600 + minutes * 60 + seconds
