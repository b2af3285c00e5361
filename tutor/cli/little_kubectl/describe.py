"""`kubectl describe` for pods, Deployments and Services."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tutor.cli.little_kubectl.ask import Ask, Named
from tutor.cli.little_kubectl.commands import ELSEWHERE
from tutor.cli.little_kubectl.describe_deployment import deployment_page
from tutor.cli.little_kubectl.describe_pod import pod_page
from tutor.cli.little_kubectl.describe_service import service_page
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.files import objects_of
from tutor.cli.little_kubectl.words import Asked

Describe = Callable[[Ask, dict[str, Any], float], Awaitable[str]]
KINDS: Mapping[str, Describe] = {"Pod": pod_page, "Deployment": deployment_page, "Service": service_page}


async def run(ask: Ask, asked: Asked) -> int:
    pages: list[str] = []
    near = False
    failures: list[str] = []
    for named in await _wanted(ask, asked):
        describe = KINDS.get(named.resource.kind)
        if describe is None:
            raise Failure(f"error: the built-in kubectl describes pods, Deployments and Services.\n{ELSEWHERE}")
        try:
            objects = await _objects(ask, asked, named)
            near = near or any(named.name and obj["metadata"]["name"] != named.name for obj in objects)
            for obj in objects:
                pages.append(await describe(ask, obj, ask.clock.now()))
        except Failure as failure:
            failures.append(str(failure))
    # Those that only begin with the name end with an empty line each.
    sys.stdout.write("".join(f"{page}\n" for page in pages) if near else "\n\n".join(pages))
    for text in failures:
        print(text, file=sys.stderr)
    if not pages and not failures:
        print(f"No resources found in {ask.namespace} namespace.", file=sys.stderr)
    return 1 if failures else 0


async def _wanted(ask: Ask, asked: Asked) -> list[Named]:
    if asked.files:
        found = []
        for source in objects_of(asked.files):
            resource = await ask.resource_of(source.api_version, source.kind)
            if resource is None:
                raise Failure(source.no_match())
            found.append(Named(resource, source.name))
        return found
    if not asked.arguments:
        raise Failure(
            "You must specify the type of resource to describe. For the built-in kubectl: pod, deploy, service."
        )
    return await ask.named(asked.arguments)


async def _objects(ask: Ask, asked: Asked, named: Named) -> list[dict[str, Any]]:
    """The object; those whose names begin so, where none has exactly that name; all without a name."""
    if named.name:
        found = await ask.find(named.resource, named.name)
        if found is not None:
            return [found]
        listed = await ask.objects(named.resource)
        near = [obj for obj in listed if obj["metadata"]["name"].startswith(named.name)]
        if not near:
            await ask.get(named.resource, named.name)  # says that it is not there
        return near
    return await ask.objects(named.resource, labelSelector=asked.value("selector"))
