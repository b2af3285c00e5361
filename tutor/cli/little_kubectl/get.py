"""`kubectl get`: tables as the server makes them, objects as YAML, JSON or names, and changes as they come."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from tutor.cli.little_kubectl.ask import TABLE, Ask, Named, address
from tutor.cli.little_kubectl.errors import Failure, from_status
from tutor.cli.little_kubectl.files import objects_of
from tutor.cli.little_kubectl.table import TabWriter, header, table_rows
from tutor.cli.little_kubectl.words import Asked
from tutor.cli.little_kubectl.yaml_out import as_yaml
from tutor.cluster.api import Answer
from tutor.cluster.resources import Resource
from tutor.cluster.wire import as_json

FORMATS = ("", "wide", "yaml", "json", "name")
SILENCE = 3600.0
"""Seconds that a watch may be silent."""


async def run(ask: Ask, asked: Asked) -> int:
    if raw := asked.value("raw"):
        return await _raw(ask, raw)
    style = asked.value("output")
    if style not in FORMATS:
        raise Failure(f'error: the built-in kubectl prints -o {", ".join(FORMATS[1:])}; "{style}" needs the real one.')
    wanted = await _wanted(ask, asked)
    if "watch" in asked.on:
        return await _watch(ask, asked, wanted)
    if style in ("yaml", "json", "name"):
        return await _objects(ask, asked, wanted, style)
    return await _tables(ask, asked, wanted, wide=style == "wide")


async def _wanted(ask: Ask, asked: Asked) -> list[Named]:
    if asked.files:
        found = []
        for source in objects_of(asked.files, recursive="recursive" in asked.on):
            resource = await ask.resource_of(source.api_version, source.kind)
            if resource is None:
                raise Failure(source.no_match())
            found.append(Named(resource, source.name))
        return found
    if not asked.arguments:
        raise Failure(
            "You must specify the type of resource to get. For the built-in kubectl: pod, deploy, service, replicaset,"
            " events, endpoints, node, namespace, all.\n\nerror: Required resource not specified."
        )
    return await ask.named(asked.arguments)


async def _raw(ask: Ask, path: str) -> int:
    answer = await ask.answer("GET", path)
    if not 200 <= answer.status < 300:
        raise from_status(answer.status, as_json(answer.body) or {"message": answer.body.decode("utf-8", "replace")})
    sys.stdout.write(answer.body.decode("utf-8", "replace"))
    return 0


def _query(asked: Asked) -> dict[str, str]:
    query = {"labelSelector": asked.value("selector"), "fieldSelector": asked.value("field-selector")}
    return {key: value for key, value in query.items() if value}


def _path(ask: Ask, asked: Asked, resource: Resource, name: str = "") -> str:
    return ask.path(resource, name, everywhere="all-namespaces" in asked.on)


# Tables.


async def _tables(ask: Ask, asked: Asked, wanted: list[Named], *, wide: bool) -> int:
    several = len({named.resource for named in wanted}) > 1
    writer, shown, code = TabWriter(), 0, 0
    failures: list[str] = []
    for resource, group in groupby(wanted, key=lambda named: named.resource):
        namespaces = "all-namespaces" in asked.on and resource.namespaced
        labels = "show-labels" in asked.on
        rows: list[list[str]] = []
        head: list[str] = []
        for named in group:
            table, failure = await _table(ask, asked, resource, named.name)
            if failure:
                failures.append(failure)
                continue
            prefix = address(resource, "") if several else ""
            more = table_rows(table, wide=wide, prefix=prefix, namespaces=namespaces, labels=labels)
            rows += more
            head = head or header(table, wide=wide, namespaces=namespaces, labels=labels)
        if rows:
            if shown:
                print()
            writer.forget()
            writer.write(([] if "no-headers" in asked.on else [head]) + rows)
            shown += len(rows)
    for failure in failures:
        code = 1
        print(failure, file=sys.stderr)
    if not shown and not failures:
        _say_none(ask, asked, wanted)
    return code


async def _table(ask: Ask, asked: Asked, resource: Resource, name: str) -> tuple[dict[str, Any], str]:
    """(the table, "") or ({}, why not)."""
    query = {} if name else {**_query(asked), "limit": "500"}
    table: dict[str, Any] = {}
    while True:
        answer = await ask.answer("GET", _path(ask, asked, resource, name), query=query, headers=TABLE)
        value = as_json(answer.body)
        if answer.status != 200:
            if answer.status == 404 and "ignore-not-found" in asked.on:
                return table, ""
            return {}, str(from_status(answer.status, value))
        if not isinstance(value, dict) or value.get("kind") != "Table":
            return {}, f"error: the server gave no table of {resource.plural}"
        table = table or {**value, "rows": []}
        table["rows"] = [*table["rows"], *(value.get("rows") or [])]
        following = (value.get("metadata") or {}).get("continue")
        if not following:
            table["metadata"] = value.get("metadata") or {}
            return table, ""
        query = {**query, "continue": following}


def _say_none(ask: Ask, asked: Asked, wanted: list[Named]) -> None:
    if "ignore-not-found" in asked.on:
        return
    if "all-namespaces" in asked.on or not any(named.resource.namespaced for named in wanted):
        print("No resources found", file=sys.stderr)
    else:
        print(f"No resources found in {ask.namespace} namespace.", file=sys.stderr)


# Objects.


async def _objects(ask: Ask, asked: Asked, wanted: list[Named], style: str) -> int:
    found: list[tuple[Resource, dict[str, Any]]] = []
    code = 0
    for named in wanted:
        try:
            if named.name:
                found.append((named.resource, await ask.get(named.resource, named.name)))
            else:
                everywhere = "all-namespaces" in asked.on
                listed = await ask.objects(named.resource, everywhere=everywhere, **_query(asked))
                found += [(named.resource, obj) for obj in listed]
        except Failure as failure:
            code = 1
            print(failure, file=sys.stderr)
    if style == "name":
        for resource, obj in found:
            print(address(resource, obj["metadata"]["name"]))
        return code
    objects = [without_managed_fields(obj) for _, obj in found]
    if len(wanted) == 1 and wanted[0].name:
        if not objects:
            return code
        value: dict[str, Any] = objects[0]
    else:
        value = {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}
    if style == "json":
        print(json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False))
    else:
        sys.stdout.write(as_yaml(value))
    return code


def without_managed_fields(obj: dict[str, Any]) -> dict[str, Any]:
    """As kubectl shows objects since 1.21."""
    metadata = {key: value for key, value in obj.get("metadata", {}).items() if key != "managedFields"}
    return {**obj, "metadata": metadata}


# Watching.


async def _watch(ask: Ask, asked: Asked, wanted: list[Named]) -> int:
    if len(wanted) != 1:
        raise Failure("error: you may only specify a single resource type")
    style = asked.value("output")
    if style not in ("", "wide", "name"):
        raise Failure("error: the built-in kubectl watches as a table alone; -o wide and -o name are fine.")
    resource, name = wanted[0].resource, wanted[0].name
    query = _query(asked)
    if name:
        query["fieldSelector"] = f"metadata.name={name}"
        await ask.get(resource, name)
    table, failure = (
        await _table(ask, asked, resource, "") if not name else await _named_table(ask, asked, resource, query)
    )
    if failure:
        raise Failure(failure)
    namespaces, labels = "all-namespaces" in asked.on, "show-labels" in asked.on
    wide, writer = style == "wide", TabWriter()

    def show(part: dict[str, Any], head: Sequence[str]) -> None:
        if style == "name":
            for row in part.get("rows") or []:
                print(address(resource, row["object"]["metadata"]["name"]), flush=True)
            return
        rows = table_rows(part, wide=wide, namespaces=namespaces, labels=labels)
        if rows:
            writer.write([*([list(head)] if head else []), *rows])

    head = [] if "no-headers" in asked.on else header(table, wide=wide, namespaces=namespaces, labels=labels)
    show(table, head)
    shown = bool(table.get("rows"))
    version = (table.get("metadata") or {}).get("resourceVersion", "")
    definitions = table.get("columnDefinitions")
    path = _path(ask, asked, resource)
    while True:
        options = {**query, "watch": "true", "resourceVersion": version}
        async for line in ask.wire.lines(path, query=options, silence=SILENCE, headers=TABLE):
            if isinstance(line, Answer):
                raise from_status(line.status, as_json(line.body))
            event = as_json(line) or {}
            part = event.get("object") or {}
            if event.get("type") == "ERROR":
                raise from_status(int(part.get("code") or 500), part)
            version = (part.get("metadata") or {}).get("resourceVersion") or version
            if event.get("type") == "BOOKMARK" or part.get("kind") != "Table":
                continue
            definitions = part.get("columnDefinitions") or definitions
            part["columnDefinitions"] = definitions
            show(part, [] if shown else head or [])
            shown = True
        # The server ends a watch after a while; the next one goes on from there.


async def _named_table(ask: Ask, asked: Asked, resource: Resource, query: dict[str, str]) -> tuple[dict[str, Any], str]:
    answer = await ask.answer("GET", _path(ask, asked, resource), query=query, headers=TABLE)
    value = as_json(answer.body)
    if answer.status != 200 or not isinstance(value, dict):
        return {}, str(from_status(answer.status, value))
    return value, ""
