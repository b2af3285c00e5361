"""`kubectl set image`, `scale` and `create namespace`."""

from __future__ import annotations

import json

from tutor.cli.little_kubectl.ask import JSON, Ask, Named, address
from tutor.cli.little_kubectl.commands import ELSEWHERE
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.words import Asked

STRATEGIC = {"Content-Type": "application/strategic-merge-patch+json"}
MERGE = {"Content-Type": "application/merge-patch+json"}


async def run(ask: Ask, asked: Asked) -> int:
    if asked.command == "scale":
        return await _scale(ask, asked)
    if asked.command == "create":
        return await _create(ask, asked)
    if asked.arguments[:1] != ("image",):
        raise Failure(f'error: "set {" ".join(asked.arguments[:1])}" is not in the built-in kubectl.\n{ELSEWHERE}')
    return await _set_image(ask, asked)


async def _set_image(ask: Ask, asked: Asked) -> int:
    pairs = [word for word in asked.arguments[1:] if "=" in word]
    names = tuple(word for word in asked.arguments[1:] if "=" not in word)
    if not names:
        raise Failure("error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not pairs:
        raise Failure("error: at least one image update is required")
    for named in await _only_named(ask, names):
        obj = await ask.get(named.resource, named.name)
        template = obj.get("spec", {}).get("template", obj).get("spec", {})
        containers = {entry["name"]: entry for entry in template.get("containers") or []}
        wanted = dict(pair.split("=", 1) for pair in pairs)
        missing = [name for name in wanted if name not in containers and name != "*"]
        if missing:
            raise Failure("\n".join(f'error: unable to find container named "{name}"' for name in missing))
        if "*" in wanted:
            wanted = dict.fromkeys(containers, wanted["*"])
        changed = [
            {"name": name, "image": image} for name, image in wanted.items() if containers[name].get("image") != image
        ]
        if not changed:
            continue  # kubectl says nothing where nothing changes
        inner = {"spec": {"containers": changed}}
        patch = {"spec": {"template": inner}} if "template" in obj.get("spec", {}) else inner
        await ask.call(
            "PATCH",
            ask.path(named.resource, named.name),
            query={"fieldManager": "kubectl-set"},
            body=json.dumps(patch).encode(),
            headers=STRATEGIC,
        )
        print(f"{address(named.resource, named.name)} image updated")
    return 0


async def _scale(ask: Ask, asked: Asked) -> int:
    replicas = asked.number("replicas")
    if replicas is None or replicas < 0:
        raise Failure("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    for named in await _only_named(ask, asked.arguments):
        path = ask.path(named.resource, named.name)
        if await ask.find(named.resource, named.name) is None:
            group = named.resource.api_version.rpartition("/")[0]
            kind = f"{named.resource.plural}.{group}" if group else named.resource.plural
            raise Failure(f'error: no objects passed to scale {kind} "{named.name}" not found')
        body = json.dumps({"spec": {"replicas": replicas}}).encode()
        await ask.call("PATCH", f"{path}/scale", body=body, headers=MERGE)
        print(f"{address(named.resource, named.name)} scaled")
    return 0


async def _create(ask: Ask, asked: Asked) -> int:
    if len(asked.arguments) != 2 or asked.arguments[0] not in ("namespace", "ns"):
        raise Failure(f"error: the built-in kubectl creates namespaces alone: create namespace NAME.\n{ELSEWHERE}")
    obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": asked.arguments[1]}}
    await ask.call("POST", "/api/v1/namespaces", body=json.dumps(obj).encode(), headers=JSON)
    print(f"namespace/{asked.arguments[1]} created")
    return 0


async def _only_named(ask: Ask, arguments: tuple[str, ...]) -> list[Named]:
    """Raises: `Failure` where a name is missing."""
    if not arguments:
        raise Failure("error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
    found = await ask.named(arguments)
    if any(not named.name for named in found):
        raise Failure("error: resource(s) were provided, but no name was specified")
    return found
