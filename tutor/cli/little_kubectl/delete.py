"""`kubectl delete`: by name, by labels, by file; it waits until the objects are gone, as kubectl does."""

from __future__ import annotations

import json
import sys

from tutor.cli.little_kubectl.ask import JSON, Ask, address
from tutor.cli.little_kubectl.errors import Failure, from_status
from tutor.cli.little_kubectl.files import objects_of
from tutor.cli.little_kubectl.words import Asked
from tutor.cluster.resources import Resource
from tutor.cluster.wire import as_json

LOOK = 0.2


async def run(ask: Ask, asked: Asked) -> int:
    wanted, failures = await _wanted(ask, asked)
    seconds = asked.number("grace-period")
    if "now" in asked.on:
        seconds = 1
    gone: list[tuple[Resource, str]] = []
    for resource, name, file in wanted:
        body: dict[str, object] = {"propagationPolicy": "Background"}
        if seconds is not None and seconds >= 0:
            body["gracePeriodSeconds"] = seconds
        answer = await ask.answer("DELETE", ask.path(resource, name), body=json.dumps(body).encode(), headers=JSON)
        if answer.status == 404 and "ignore-not-found" in asked.on:
            continue
        if not 200 <= answer.status < 300:
            doing = f'error when deleting "{file}"' if file else ""
            failures.append(str(from_status(answer.status, as_json(answer.body), doing)))
            continue
        where = f" from {ask.namespace} namespace" if resource.namespaced else ""
        print(f'{address(resource, "")[:-1]} "{name}" deleted{where}', flush=True)
        gone.append((resource, name))
    if "wait" not in asked.off:
        for resource, name in gone:
            await _until_gone(ask, resource, name)
    for failure in failures:
        print(failure, file=sys.stderr)
    if not wanted and not failures:
        print("No resources found", file=sys.stderr if "ignore-not-found" in asked.on else sys.stdout)
    return 1 if failures else 0


async def _until_gone(ask: Ask, resource: Resource, name: str) -> None:
    while True:
        if await ask.find(resource, name) is None:
            return
        await ask.clock.sleep(LOOK)


async def _wanted(ask: Ask, asked: Asked) -> tuple[list[tuple[Resource, str, str]], list[str]]:
    """((resource, name, file it was named in) …, failures). Raises: `Failure`."""
    if asked.files:
        found, failures = [], []
        for source in objects_of(asked.files, recursive="recursive" in asked.on):
            resource = await ask.resource_of(source.api_version, source.kind)
            if resource is None:
                failures.append(source.no_match())
            else:
                found.append((resource, source.name, source.file))
        return found, failures
    if not asked.arguments:
        raise Failure("error: You must provide one or more resources by argument or filename.")
    every = "all" in asked.on or bool(asked.value("selector"))
    wanted: list[tuple[Resource, str, str]] = []
    for named in await ask.named(asked.arguments):
        if named.name:
            wanted.append((named.resource, named.name, ""))
        elif every:
            listed = await ask.objects(named.resource, labelSelector=asked.value("selector"))
            wanted += [(named.resource, obj["metadata"]["name"], "") for obj in listed]
        else:
            raise Failure("error: resource(s) were provided, but no name was specified")
    return wanted, []
