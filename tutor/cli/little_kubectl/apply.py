"""`kubectl apply -f`: the annotation, the three-way patch, and kubectl's words for what came of it."""

from __future__ import annotations

import json
import sys

from tutor.cli.little_kubectl.ask import JSON, Ask, address
from tutor.cli.little_kubectl.errors import Failure
from tutor.cli.little_kubectl.files import Source, objects_of
from tutor.cli.little_kubectl.words import Asked
from tutor.cluster.resources import Resource
from tutor.kube.client_side_apply import FIELD_MANAGER, last_applied, three_way, three_way_json, with_annotation


async def run(ask: Ask, asked: Asked) -> int:
    if not asked.files:
        raise Failure("error: must specify one of -f and -k")
    dry_run = asked.value("dry-run")
    if dry_run not in ("", "none", "server"):
        raise Failure('error: the built-in kubectl knows --dry-run=server; "client" needs the real one.')
    sources = objects_of(asked.files, recursive="recursive" in asked.on)
    if not sources:
        raise Failure("error: no objects passed to apply")
    # Kinds that are not there are told first, and keep nothing else from being applied.
    failures: list[str] = []
    for source in sources:
        try:
            resource = await ask.resource_of(source.api_version, source.kind)
            if resource is None:
                raise Failure(source.no_match())
            word = await _apply(ask, resource, source, dry_run == "server")
            tail = " (server dry run)" if dry_run == "server" else ""
            print(f"{address(resource, source.name)} {word}{tail}")
        except Failure as failure:
            failures.append(str(failure))
    for text in failures:
        print(text, file=sys.stderr)
    return 1 if failures else 0


async def _apply(ask: Ask, resource: Resource, source: Source, dry_run: bool) -> str:
    if not source.name:
        raise Failure(
            "error: error when retrieving current configuration of:\n"
            f'from "{source.file}": resource name may not be empty'
        )
    if resource.namespaced and source.namespace not in ("", ask.namespace):
        raise Failure(
            f'error: the namespace from the provided object "{source.namespace}" does not match the namespace'
            f" \"{ask.namespace}\". You must pass '--namespace={source.namespace}' to perform this operation."
        )
    modified = with_annotation(source.value, ask.namespace if resource.namespaced else None)
    query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"} | ({"dryRun": "All"} if dry_run else {})
    current = await ask.find(resource, source.name)
    if current is None:
        doing = f'error when creating "{source.file}"'
        body = json.dumps(modified).encode()
        await ask.call("POST", ask.path(resource), query=query, body=body, headers=JSON, doing=doing)
        return "created"
    diff = three_way if resource.builtin else three_way_json
    patch = diff(last_applied(current), modified, current)
    if not patch:
        return "unchanged"
    kind = "strategic-merge-patch" if resource.builtin else "merge-patch"
    after = await ask.call(
        "PATCH",
        ask.path(resource, source.name),
        query=query,
        body=json.dumps(patch).encode(),
        headers={"Content-Type": f"application/{kind}+json"},
        doing=f'error when patching "{source.file}"',
    )
    same = after["metadata"].get("resourceVersion") == current["metadata"].get("resourceVersion")
    return "unchanged" if same and not dry_run else "configured"
