"""The object is in the cluster and is what the file says: applying the file again would change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.comparing.compare import text_of
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path, path_text
from tutor.core.snapshot import ClusterSnapshot, KubeObject
from tutor.kube.client_side_apply import LAST_APPLIED, MERGE_KEYS, last_applied, three_way
from tutor.kube.images import same_image
from tutor.kube.quantities import parse_quantity

SAY = Say("applied", "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/")
NOT_COMPARED = frozenset({"status", "apiVersion"})
OF_THE_SERVER = frozenset({"creationTimestamp", "resourceVersion", "uid", "generation", "managedFields", "selfLink"})
MOST = 3
"""Differences that are told at once."""
QUANTITIES = frozenset({"requests", "limits", "capacity"})


@rule("applied", Level.LIVE, {"kind": str, "name": str})
def applied(given: CheckInput) -> list[Finding]:
    """The object is in the cluster, as the file says."""
    kind, name = str(given.params["kind"]), str(given.params["name"])
    if missing := SAY.without_cluster(given, kind):
        return missing
    assert given.snapshot is not None
    document = find_document(given, kind, name)
    live = given.snapshot.get(kind, name)
    if live is None:
        return _absent(given.snapshot, document, kind, name)
    if document is None:
        return SAY.failed(
            f"{kind} {name} is in the cluster, but no file of this step defines it.",
            hint="Write it into its file, so that it can be applied again.",
        )
    if live["metadata"].get("deletionTimestamp"):
        return SAY.failed(f"{kind} {name} is being deleted.", hint=f"Apply {document.file} again when it is gone.")
    differing = list(differences(document.value, live, scaled=_scaled(given.snapshot, kind, name)))
    if not differing:
        return SAY.passed(f"{kind} {name} is in the cluster as {document.file} says.", file=document.file)
    return [_differs(document, live, *difference) for difference in differing[:MOST]]


def _absent(snapshot: ClusterSnapshot, document: Document | None, kind: str, name: str) -> list[Finding]:
    there = [obj["metadata"]["name"] for obj in snapshot.list(kind)]
    near = get_close_matches(name, there, 1, 0.8)
    other = f" There is a {near[0]}: is one of the names misspelt?" if near else ""
    where = place(document, ("metadata", "name")) if document else {}
    if document and document.namespace and document.namespace != snapshot.namespace:
        where = place(document, ("metadata", "namespace"))
        other = f" The file names the namespace {document.namespace}; the tutor looks at {snapshot.namespace}."
    file = document.file if document else "its file"
    return SAY.failed(
        f"{kind} {name} is not in the cluster yet.{other}",
        found="not there",
        expected=f"{kind} {name}",
        hint=f"kubectl apply -f {file}",
        **where,
    )


def _differs(document: Document, live: KubeObject, path: Path, wanted: Any, found: Any) -> Finding:
    field, what = path_text(path), f"{document.kind} {document.name}"
    if wanted is None:
        message = f"{document.file} does not set {field} any more, but the live {what} still has it."
    else:
        message = f"{document.file} says {field}: {_text(wanted)}, but the live {what} has {_text(found)}."
    hint = f"Edited but not applied? kubectl apply -f {document.file}"
    if wanted is not None and _live_at(last_applied(live), path, document.value) == wanted:
        # What was applied last is what the file says: the cluster's side was changed by another command.
        message += " It was changed in the cluster since the file was applied (kubectl set image, scale or edit)."
        hint = f"kubectl apply -f {document.file} brings the file's value back."
    return SAY.failed(
        message,
        found=_text(found),
        expected=_text(wanted),
        hint=hint,
        **{**place(document, path), "path": field},
    )[0]


def differences(manifest: Any, live: KubeObject, *, scaled: bool = False) -> Iterator[tuple[Path, Any, Any]]:
    """(path in the manifest, what it says, what is live) of each field that an apply would change.

    `scaled`: an autoscaler owns spec.replicas.
    """
    wanted = {key: value for key, value in manifest.items() if key not in NOT_COMPARED}
    original = {key: value for key, value in last_applied(live).items() if key not in NOT_COMPARED}
    for obj in (wanted, original):
        obj["metadata"] = _own_metadata(obj.get("metadata"))
    if original and manifest.get("apiVersion") != live.get("apiVersion"):
        # Seen in another version of its API, whose fields have other names: what was applied last is comparable.
        live = original
    told: set[Path] = set()
    for path in _leaves(three_way(original, wanted, live), wanted, ()):
        if entry := _absent_entry(live, path, wanted):
            if entry not in told:
                told.add(entry)
                yield entry, _at(wanted, entry), _keys_at(live, entry, wanted)
            continue
        if any(path == entry[:-2] for entry in told):
            # An entry that the file has no more, where another one took its place.
            continue
        says, has = _at(wanted, path), _live_at(live, path, wanted)
        if scaled and path == ("spec", "replicas"):
            continue
        if not _equivalent(says, has, path):
            yield path, says, has


def _own_metadata(metadata: Any) -> dict[str, Any]:
    kept = {k: v for k, v in (metadata or {}).items() if k not in OF_THE_SERVER and k != "namespace"}
    # kubectl writes an empty `annotations` into what it remembers of a file that has none.
    annotations = kept.get("annotations")
    if annotations is None or isinstance(annotations, Mapping):
        kept["annotations"] = {k: v for k, v in (annotations or {}).items() if k != LAST_APPLIED}
    return kept


def _leaves(patch: Any, wanted: Any, path: Path) -> Iterator[Path]:
    """The fields that a patch changes, as paths into the manifest."""
    if isinstance(patch, Mapping):
        for key, value in patch.items():
            if key.startswith("$"):
                continue
            inner = wanted.get(key) if isinstance(wanted, Mapping) else None
            if isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
                yield from _list_leaves(key, value, inner, (*path, key))
            elif isinstance(value, Mapping) and value and isinstance(inner, Mapping):
                yield from _leaves(value, inner, (*path, key))
            else:
                yield (*path, key)
    else:
        yield path


def _list_leaves(key: str, entries: list[Any], wanted: Any, path: Path) -> Iterator[Path]:
    merge_key = _key_of(key, entries)
    for entry in entries:
        index = _index(wanted, merge_key, entry.get(merge_key)) if merge_key else None
        if index is None:
            yield path
            continue
        rest = {k: v for k, v in entry.items() if k != merge_key}
        yield from _leaves(rest, wanted[index], (*path, index)) if rest else [(*path, index)]


def _key_of(field: str, entries: list[Any]) -> str:
    if field == "ports":
        return "containerPort" if any("containerPort" in entry for entry in entries) else "port"
    return MERGE_KEYS.get(field, "")


def _index(entries: Any, key: str, value: Any) -> int | None:
    if not isinstance(entries, list):
        return None
    found = (i for i, entry in enumerate(entries) if isinstance(entry, Mapping) and entry.get(key) == value)
    return next(found, None)


def _at(value: Any, path: Path) -> Any:
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _live_at(live: Any, path: Path, wanted: Any) -> Any:
    """The live value that a path of the manifest means: entries of merged lists are found by their key."""
    for part in path:
        if isinstance(part, str):
            field, live = part, live.get(part) if isinstance(live, Mapping) else None
            wanted = wanted.get(part) if isinstance(wanted, Mapping) else None
            continue
        entry = wanted[part] if isinstance(wanted, list) and part < len(wanted) else None
        key = _key_of(field, [entry]) if isinstance(entry, Mapping) else ""
        index = _index(live, key, entry.get(key)) if key and isinstance(entry, Mapping) else part
        live = live[index] if isinstance(live, list) and index is not None and index < len(live) else None
        wanted = entry
    return live


def _absent_entry(live: Any, path: Path, wanted: Any) -> Path | None:
    """The key of the outermost entry on the way whose list is live without it: its other fields say nothing more."""
    for end in range(1, len(path)):
        if not isinstance(path[end], int) or not _live_at(live, path[:end], wanted):
            continue
        entry = _at(wanted, path[: end + 1])
        key = _key_of(str(path[end - 1]), [entry]) if isinstance(entry, Mapping) else ""
        if key and _live_at(live, path[: end + 1], wanted) is None:
            return (*path[: end + 1], key)
    return None


def _keys_at(live: Any, path: Path, wanted: Any) -> Any:
    """What the entries of the live list have in place of the key: the value of the only one, or all in a text."""
    entries = _live_at(live, path[:-2], wanted)
    keys = [entry.get(path[-1]) for entry in entries if isinstance(entry, Mapping)]
    return keys[0] if len(keys) == 1 else ", ".join(map(str, keys))


def _equivalent(wanted: Any, live: Any, path: Path) -> bool:
    if wanted == live:
        return True
    if live is None and wanted in ("", 0, False, None, [], {}):
        # The API server leaves empty fields out.
        return wanted is not None or live is None
    if path[-1] == "image" and isinstance(wanted, str) and isinstance(live, str):
        # docker.io/homics/gateway is homics/gateway.
        return same_image(wanted, live)
    if len(path) > 1 and path[-2] in QUANTITIES:
        try:
            return parse_quantity(wanted) == parse_quantity(live)
        except ValueError:
            return False
    return False


def _scaled(snapshot: ClusterSnapshot, kind: str, name: str) -> bool:
    targets = [(hpa.get("spec") or {}).get("scaleTargetRef") or {} for hpa in snapshot.list("HorizontalPodAutoscaler")]
    return any(target.get("kind") == kind and target.get("name") == name for target in targets)


def _text(value: Any) -> str:
    if value is None:
        return "nothing"
    return text_of(value)
