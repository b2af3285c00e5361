#!/usr/bin/env python3
"""Asks a real API server about the objects of tests/kube/schema/cases.yaml and writes down what it says.

`python3 scripts/record_server_verdicts.py [FOLDER]` needs kubectl on PATH and KUBECONFIG naming a cluster that you may
write to. It makes two namespaces, with a few objects to be changed in one of them, and deletes both. All else are dry
runs.

FOLDER/BASE.json.gz (in tests/kube/schema/recorded where no folder is given) then holds the base object and the cases:
the edits, the status code and the message. To the written cases come made ones, for every base: each field misspelt,
left out, and replaced by a value of each other type; and an unknown field beside each.
"""

from __future__ import annotations

import copy
import gzip
import json
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from generate_schema import ROOT, Server, server

CASES = ROOT / "tests" / "kube" / "schema" / "cases.yaml"
RECORDED = ROOT / "tests" / "kube" / "schema" / "recorded"
NEW, OLD = "schema-recording", "schema-recording-old"
"""Namespaces: new objects are tried in the first, changes of those that are there in the second."""
NODE_PORTS = {31317: 32617, 30003: 32603}
"""Of the references, moved away from where a class has them."""
PLURALS = {
    "ConfigMap": "configmaps",
    "Deployment": "deployments",
    "EndpointSlice": "endpointslices",
    "Endpoints": "endpoints",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "Namespace": "namespaces",
    "Pod": "pods",
    "ReplicaSet": "replicasets",
    "Secret": "secrets",
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
}
WRONG: tuple[Any, ...] = (None, "wrong", "", 7, -7, 1.5, True, [], ["wrong"], [{}], {}, {"wrong": "wrong"})
DROP = "$drop"
OPTIONS = "dryRun=All&fieldValidation=Strict&fieldManager=recording"

FieldPath = tuple[str | int, ...]
Edit = tuple[FieldPath, Any]


def references() -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of the reference solutions and given files, each once."""
    seen: list[Any] = []
    for folder in ("solutions", "starter/kube/database"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            text = path.read_text("utf-8")
            for ours, moved in NODE_PORTS.items():
                text = text.replace(f"nodePort: {ours}", f"nodePort: {moved}")
            for number, obj in enumerate(yaml.safe_load_all(text)):
                if obj and obj not in seen:
                    seen.append(obj)
                    name = "-".join(path.relative_to(ROOT).with_suffix("").parts[1:])
                    yield f"reference-{name}" + (f"-{number}" if number else ""), obj


def fields(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """The path of every value in an object, in order."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield (*path, key)
        yield from fields(entry, (*path, key))


def at(obj: Any, path: FieldPath) -> Any:
    for part in path:
        obj = obj[part]
    return obj


def made(base: dict[str, Any]) -> Iterator[list[Edit]]:
    for path in [(), *fields(base)]:
        value = at(base, path)
        if isinstance(value, dict):
            yield [((*path, "unknownField"), "x")]
        if not path or path in (("apiVersion",), ("kind",)):
            continue
        yield [(path, DROP)]
        if isinstance(path[-1], str):
            yield [(path, DROP), ((*path[:-1], path[-1] + "s"), value)]
            yield [(path, DROP), ((*path[:-1], path[-1][:1].upper() + path[-1][1:]), value)]
        for wrong in WRONG:
            if type(wrong) is not type(value) or isinstance(wrong, list | dict):
                yield [(path, wrong)]


def edited(base: dict[str, Any], edits: list[Edit]) -> dict[str, Any]:
    """The order of the keys stays; new ones come last."""
    result = copy.deepcopy(base)
    for path, value in edits:
        holder = at(result, path[:-1])
        if value == DROP:
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(value)
    return result


def url(obj: dict[str, Any], namespace: str = NEW, name: str = "") -> str:
    version = obj["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    middle = "" if obj["kind"] == "Namespace" else f"/namespaces/{namespace}"
    tail = f"/{urllib.parse.quote(name, safe='')}" if name else ""
    return f"{root}{middle}/{PLURALS[obj['kind']]}{tail}?{OPTIONS}"


def answer(
    api: Server, base: dict[str, Any], edits: list[Edit], old: dict[str, Any] | None = None, *, stored: bool = False
) -> dict[str, Any]:
    """`stored`: with the object itself where it is accepted."""
    obj = edited(old or base, edits)
    method, path = ("POST", url(obj)) if old is None else ("PUT", url(obj, OLD, old["metadata"]["name"]))
    said = api.ask(method, path, obj)
    status = said if said.get("kind") == "Status" else {}
    case: dict[str, Any] = {"edits": [[list(path), value] for path, value in edits], "code": status.get("code", 200)}
    if status:
        case["message"] = status["message"]
        if causes := (status.get("details") or {}).get("causes"):
            case["causes"] = causes
    elif stored:
        said["metadata"].pop("managedFields", None)
        case["stored"] = said
    return case


def record(api: Server, name: str, base: dict[str, Any], cases: dict[str, Any], made_too: bool) -> dict[str, Any]:
    written = [[], *cases["new"].get(name, [])]
    new = [answer(api, base, edits, stored=True) for edits in written]
    if made_too:
        new += [answer(api, base, edits) for edits in made(base)]
    content: dict[str, Any] = {"base": base, "new": new}
    if name in cases["changed"]:
        old = api.ask("POST", url(base, OLD).partition("?")[0], base)
        # Without a version, so that a controller's writes do not come between.
        for field in ("managedFields", "resourceVersion"):
            old["metadata"].pop(field)
        content["old"] = old
        content["changed"] = [answer(api, base, edits, old) for edits in ([], *cases["changed"][name])]
    return content


def write(folder: Path, name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json.gz").write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{name}: {len(content['new']) + len(content.get('changed', ()))} cases")


def main(folder: Path) -> None:
    cases = yaml.safe_load(CASES.read_text("utf-8"))
    small = {"small-deployment", "small-pod", "small-service"}
    with server() as api:
        version = api.ask("GET", "/version")["gitVersion"]
        for name in (NEW, OLD):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            if (said := api.ask("POST", "/api/v1/namespaces", namespace)).get("kind") != "Namespace":
                sys.exit(said["message"])
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
            api.ask("POST", f"/api/v1/namespaces/{name}/serviceaccounts", account)
        try:
            for stale in folder.glob("*.json.gz"):
                stale.unlink()
            for name, base in (*cases["bases"].items(), *references()):
                content = record(api, name, base, cases, made_too=name not in small)
                write(folder, name, {"version": version, **content})
        finally:
            for name in (NEW, OLD):
                api.ask("DELETE", f"/api/v1/namespaces/{name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDED)
