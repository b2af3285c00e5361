#!/usr/bin/env python3
"""Makes the data of tutor/kube/schema from a real API server: `python3 scripts/generate_schema.py`.

Needs kubectl on PATH and KUBECONFIG naming a cluster (nothing is written to it: dry runs of requests that are refused).
Two things are made, both without the descriptions:

- data/openapi/*.json.gz: the documents of /openapi/v3, trimmed to the resources that discovery.json lists;
- data/types.json.gz: every type behind them as fields, with what merging and applying need.

Two things stand in no document. The Go names of types ("v1.PullPolicy") are read off the API server's error messages:
each field is sent once with a value of a wrong type. Which zero values the API server leaves out of its answers follows
from the Go types of k8s.io/api, so `go` is needed, too (it downloads the two modules).
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tutor" / "kube" / "schema" / "data"
DISCOVERY = ROOT / "tutor" / "practice" / "api" / "data" / "discovery.json"
REFERENCE = "#/components/schemas/"
MORE_TYPES = (
    "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
)
SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "microTime",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "any",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": "any",
}
SCALARS = {
    ("string", ""): "string",
    ("string", "byte"): "bytes",
    ("integer", "int32"): "int32",
    ("integer", "int64"): "int64",
    ("integer", ""): "int64",
    ("number", "double"): "float64",
    ("boolean", ""): "bool",
    ("object", ""): "any",
}
EXTRAS = {
    "x-kubernetes-patch-merge-key": "mergeKey",
    "x-kubernetes-patch-strategy": "strategy",
    "x-kubernetes-list-type": "listType",
    "x-kubernetes-list-map-keys": "mapKeys",
    "x-kubernetes-map-type": "mapType",
    "enum": "enum",
}
GO_TYPE = re.compile(r"cannot unmarshal \w+(?: \S+)? into Go struct field (\S+) of type (\S+)$")

GO_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
GO_FIELD = re.compile(r'^\t(?:\w+ )?([\w.*\[\]]+)\s+`json:"([^"]*)"', re.MULTILINE)

Schema = dict[str, Any]


class Server:
    """The API server, through `kubectl proxy`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        return json.loads(self._connection.getresponse().read())


@contextlib.contextmanager
def server() -> Iterator[Server]:
    process = subprocess.Popen(["kubectl", "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not (matched := re.search(r":(\d+)\s*$", line)):
            sys.exit(f"kubectl proxy did not start: {line}")
        yield Server(int(matched[1]))
    finally:
        process.terminate()
        process.wait()


def resources() -> dict[str, dict[str, tuple[str, set[str]]]]:
    """Path of a document ("apis/apps/v1") → plural → (kind, its subresources)."""
    found: dict[str, dict[str, tuple[str, set[str]]]] = {}
    for root, items in json.loads(DISCOVERY.read_text("utf-8")).items():
        for item in items:
            group = item["metadata"].get("name")
            for version in item["versions"]:
                path = "/".join(part for part in (root, group, version["version"]) if part)
                found[path] = {
                    resource["resource"]: (
                        resource["responseKind"]["kind"],
                        {sub["subresource"] for sub in resource.get("subresources", [])},
                    )
                    for resource in version["resources"]
                }
    return found


def without_descriptions(value: Any, *, names: bool = False) -> Any:
    """`names`: the keys of `value` are names of fields, of which one may be called "description"."""
    if isinstance(value, list):
        return [without_descriptions(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_descriptions(entry, names=key in ("properties", "schemas"))
        for key, entry in value.items()
        if names or key != "description"
    }


def kept_paths(path: str, document: Schema, plurals: Mapping[str, tuple[str, set[str]]]) -> Schema:
    """The document's paths of our resources; those that list without a namespace too, deprecated watches not."""
    kept = {}
    for url, operations in document["paths"].items():
        parts = url.removeprefix(f"/{path}/").split("/")
        if parts[:2] == ["namespaces", "{namespace}"] and len(parts) > 2 and parts[2] not in ("status", "finalize"):
            parts = parts[2:]
        if parts[0] not in plurals:
            continue
        if len(parts) > 2 and parts[2] not in plurals[parts[0]][1]:
            continue
        kept[url] = operations
    return kept


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(name := value.get("$ref"), str):
            yield name.removeprefix(REFERENCE)
        for entry in value.values():
            yield from references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)


def reachable(roots: Iterator[str], schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    todo = deque(roots)
    while todo:
        name = todo.popleft()
        if name not in found:
            found[name] = schemas[name]
            todo.extend(references(schemas[name]))
    return dict(sorted(found.items()))


def trimmed(path: str, document: Schema, plurals: Mapping[str, tuple[str, set[str]]]) -> Schema:
    document = without_descriptions(document)
    # OpenAPI asks for a description of every response: its status says enough.
    paths = kept_paths(path, document, plurals)
    for operations in paths.values():
        for operation in operations.values():
            if isinstance(operation, dict):
                for code, response in operation.get("responses", {}).items():
                    response["description"] = http.client.responses.get(int(code), "") if code.isdigit() else ""
    schemas = document["components"]["schemas"]
    plural_kinds = {kind for kind, _ in plurals.values()}
    group, _, version = path.removeprefix("apis/").removeprefix("api/").rpartition("/")
    roots = list(references(paths))
    for name, schema in schemas.items():
        for gvk in schema.get("x-kubernetes-group-version-kind", []):
            if (gvk["group"], gvk["version"]) == (group, version) and gvk["kind"] in plural_kinds:
                roots.append(name)
    document["paths"] = paths
    document["components"]["schemas"] = reachable(iter(roots), schemas)
    return document


def short(name: str) -> str:
    """io.k8s.api.apps.v1.Deployment → apps.v1.Deployment."""
    return name.removeprefix("io.k8s.api.").removeprefix("io.k8s.apimachinery.pkg.apis.")


def expression(schema: Schema) -> str:
    """A field's type: "string", "@apps.v1.DeploymentSpec", "[" or "{" and the type of the entries."""
    if "allOf" in schema:
        schema = schema["allOf"][0]
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        return SPECIAL.get(name, f"@{short(name)}")
    if schema.get("type") == "array":
        return f"[{expression(schema['items'])}"
    if "additionalProperties" in schema:
        return f"{{{expression(schema['additionalProperties'])}"
    return SCALARS[schema["type"], schema.get("format", "")]


def served_kinds(api: Server) -> dict[str, list[str]]:
    """ "apps/v1" → the kinds that can be written there, ours and all others."""
    groups = [group["versions"] for group in api.ask("GET", "/apis")["groups"]]
    versions = ["v1", *(version["groupVersion"] for group in groups for version in group)]
    found = {}
    for version in sorted(versions):
        path = f"/apis/{version}" if "/" in version else f"/api/{version}"
        listed = api.ask("GET", path)["resources"]
        found[version] = sorted({entry["kind"] for entry in listed if "/" not in entry["name"]})
    return found


def types(schemas: Mapping[str, Schema]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, schema in sorted(schemas.items()):
        if name in SPECIAL:
            continue
        fields = {}
        for field, inner in schema.get("properties", {}).items():
            extras = {ours: inner[theirs] for theirs, ours in EXTRAS.items() if theirs in inner}
            if inner.get("default") and isinstance(inner["default"], str | int):
                extras["default"] = inner["default"]
            fields[field] = [expression(inner), extras] if extras else [expression(inner)]
        entry: dict[str, Any] = {"fields": fields}
        if required := schema.get("required"):
            entry["required"] = required
        if map_type := schema.get("x-kubernetes-map-type"):
            entry["mapType"] = map_type
        result[short(name)] = entry
    return result


def kinds(schemas: Mapping[str, Schema]) -> dict[str, str]:
    """ "apps/v1 Deployment" → its type."""
    found = {}
    for name, schema in sorted(schemas.items()):
        gvks = schema.get("x-kubernetes-group-version-kind", [])
        # DeleteOptions, Status and the like belong to every group.
        for gvk in gvks if len(gvks) == 1 else [gvk for gvk in gvks if not gvk["group"]]:
            found[f"{gvk['group']}/{gvk['version']} {gvk['kind']}".lstrip("/")] = short(name)
    return found


def go_names(api: Server, all_types: dict[str, Any], posted: Mapping[str, tuple[str, str]]) -> int:
    """Add to the types what the API server calls them. `posted`: kind key → (URL, type). Returns the probes made."""
    seen: set[str] = set()
    todo: deque[tuple[str, tuple[str | int, ...], str, str]] = deque(
        (name, (), key, url) for key, (url, name) in posted.items()
    )
    probes = 0
    while todo:
        name, at, key, url = todo.popleft()
        if name in seen:
            continue
        seen.add(name)
        for field, entry in all_types[name]["fields"].items():
            if not at and field in ("apiVersion", "kind"):
                continue
            kind, inner = entry[0][0], entry[0].lstrip("[{")
            step: tuple[str | int, ...] = (*at, field, *({"[": (0,), "{": ("x",)}.get(kind, ())))
            if inner.startswith("@"):
                todo.append((inner[1:], step, key, url))
            if kind in "[{":
                probes += 1
                told = told_type(api, key, url, (*at, field), "x" if entry[0] != "[bytes" else {})
                derived = go_type(entry[0])
                if told and told != derived:
                    entry[1:] = [{**(entry[1] if len(entry) > 1 else {}), "go": told}]
            if inner in ("string", "int32", "int64", "bool") and not entry[0].startswith("{["):
                probes += 1
                told = told_type(api, key, url, step, {})
                if told and told != inner:
                    entry[0] += f"/{told}"
    return probes


def go_type(type_text: str) -> str:
    if type_text.startswith("["):
        return f"[]{go_type(type_text[1:])}"
    if type_text.startswith("{"):
        return f"map[string]{go_type(type_text[1:])}"
    if type_text.startswith("@"):
        return ".".join(type_text[1:].split(".")[-2:])
    known = {"bytes": "[]uint8", "quantity": "resource.Quantity", "intOrString": "intstr.IntOrString"}
    return known.get(type_text, type_text)


def told_type(api: Server, key: str, url: str, path: tuple[str | int, ...], wrong: object) -> str:
    version, kind = key.split(" ")
    value: Any = wrong
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    answer = api.ask("POST", f"{url}?dryRun=All", {"apiVersion": version, "kind": kind, **value})
    matched = GO_TYPE.search(str(answer.get("message", "")))
    if not matched:
        print(f"  {key} {path}: {answer.get('code')} {answer.get('message')}", file=sys.stderr)
    return matched[2] if matched else ""


def go_structs(version: str) -> dict[str, dict[str, tuple[str, str]]]:
    """ "core.v1.Container" → field → (Go type, options of its json tag), of the modules of a version ("v1.34.2")."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for module, prefix in (("k8s.io/api", ""), ("k8s.io/apimachinery", "pkg/apis/")):
        command = ["go", "mod", "download", "-json", f"{module}@v0.{version.split('.', 1)[1]}"]
        folder = Path(json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["Dir"]) / prefix
        for source in sorted(folder.glob("*/v*/*types.go")):
            package = ".".join(source.relative_to(folder).parts[:2])
            for name, body in GO_STRUCT.findall(source.read_text("utf-8")):
                found[f"{package}.{name}"] = {
                    tag.split(",")[0] or go: (go, tag.partition(",")[2]) for go, tag in GO_FIELD.findall(body)
                }
    return {name: flattened(name, found) for name in found}


def flattened(name: str, structs: Mapping[str, dict[str, tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    """With the fields of embedded structs in place of those."""
    fields: dict[str, tuple[str, str]] = {}
    for field, (go, options) in structs[name].items():
        package, _, inner = go.rpartition(".")
        embedded = f"{'meta.v1' if package else name.rpartition('.')[0]}.{inner}"
        if options == "inline":
            fields.update(flattened(embedded, structs) if embedded in structs else {})
        else:
            fields[field] = (go, options)
    return fields


def add_zeros(all_types: dict[str, Any], version: str) -> None:
    """Add to each field what becomes of its zero value in an answer, where it is not left out.

    "kept": a pointer, whose zero value (0, false, "") says something. "always": it is there even where nobody gave it.
    """
    structs = go_structs(version)
    for name, entry in all_types.items():
        if name not in structs:
            print(f"{name}: no Go type", file=sys.stderr)
            continue
        for field, described in entry["fields"].items():
            if field not in structs[name]:
                print(f"{name}.{field}: not in the Go type", file=sys.stderr)
                continue
            go, options = structs[name][field]
            zero = ""
            if go.startswith("*"):
                zero = "" if described[0].startswith("@") and "omitempty" in options else "kept"
            elif "omitzero" not in options and (is_struct(described[0]) or "omitempty" not in options):
                zero = "always"
            if zero:
                described[1:] = [{**(described[1] if len(described) > 1 else {}), "zero": zero}]


def is_struct(type_text: str) -> bool:
    """Whether Go has a struct for it, which omitempty never leaves out."""
    return type_text.startswith("@") or type_text in ("time", "microTime", "quantity", "intOrString")


def write(path: Path, value: object) -> None:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text, 9, mtime=0))
    print(f"{path.relative_to(ROOT)}: {len(text)} bytes, {path.stat().st_size} compressed")


def main() -> None:
    with server() as api:
        version = api.ask("GET", "/version")["gitVersion"]
        served = api.ask("GET", "/openapi/v3")["paths"]
        schemas: dict[str, Schema] = {}
        posted: dict[str, tuple[str, str]] = {}
        for path, plurals in resources().items():
            if path not in served:
                print(f"{path}: this API server does not serve it", file=sys.stderr)
                continue
            document = trimmed(path, api.ask("GET", served[path]["serverRelativeURL"]), plurals)
            write(DATA / "openapi" / (path.replace("/", "_") + ".json.gz"), document)
            schemas.update(document["components"]["schemas"])
            keys = kinds(document["components"]["schemas"])
            for plural, (kind, _) in plurals.items():
                key = f"{path.removeprefix('apis/').removeprefix('api/')} {kind}"
                namespaced = f"/{path}/namespaces/{{namespace}}/{plural}" in document["paths"]
                posted[key] = (f"/{path}/{'namespaces/default/' if namespaced else ''}{plural}", keys[key])
        core = without_descriptions(api.ask("GET", served["api/v1"]["serverRelativeURL"]))["components"]["schemas"]
        schemas.update(reachable(iter(MORE_TYPES), core))
        all_types = types(schemas)
        probes = go_names(api, all_types, posted)
        add_zeros(all_types, version)
        print(f"{len(all_types)} types; {probes} fields sent with a wrong type")
        content = {"version": version, "served": served_kinds(api), "kinds": kinds(schemas), "types": all_types}
        write(DATA / "types.json.gz", content)


if __name__ == "__main__":
    main()
