"""The API server accepts every document of the file, in a dry run with strict field validation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.checks.input import CheckInput
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, place
from tutor.core.finding import Finding
from tutor.core.manifest import Document, Path
from tutor.core.observation import DryRun
from tutor.kube.quantities import parse_quantity

SAY = Say("server-accepts", "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation")
_GO_FIELD = re.compile(r"Go struct field \w+\.([\w.]+) of type (\S+)")
_PART = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")
_PATCH = re.compile(r'^\s*"" is invalid: patch: Invalid value: ".*": (strict decoding error: .*)$', re.DOTALL)


@rule("server-accepts", Level.SERVER, {"file": str})
def server_accepts(given: CheckInput) -> list[Finding]:
    """The API server accepts every object of the file (dry run, strict fields)."""
    path = str(given.params["file"])
    file = given.manifests.get(path)
    if missing := SAY.without_cluster(given):
        return missing
    if file is None or not file.exists:
        return SAY.failed(f"{path} does not exist yet.", hint="Write it, or take the starter.", file=path)
    if not file.readable:
        return SAY.unknown(f"{path} cannot be read, so the API server was not asked.", file=path)
    if not file.documents:
        return SAY.failed(f"{path} holds no object yet.", hint="Complete the TODO in the file.", file=path, line=1)
    runs = {run.index: run for run in given.observed.dry_runs if run.file == path}
    found: list[Finding] = []
    for document in file.documents:
        run = runs.get(document.index)
        name = f"{document.kind or 'object'} {document.name}".strip()
        if run is None:
            found.extend(SAY.unknown(f"The API server was not asked about {name} yet.", **place(document, ())))
        elif run.unreachable:
            found.extend(SAY.unknown(f"The API server could not be asked about {name}: {run.message}", file=path))
        elif run.accepted:
            found.extend(SAY.passed(f"The API server accepts the {name}.", file=path))
        else:
            found.extend(_refused(document, run))
    return found


def _refused(document: Document, run: DryRun) -> list[Finding]:
    fields = dict.fromkeys(run.fields)
    message = _short(run.message)
    if not fields and (matched := _GO_FIELD.search(run.message)):
        at = locate(document, matched[1], matched[2])
        return SAY.failed(
            f"The API server refuses this: {message}",
            expected=matched[2],
            found=repr(document.get(*at)),
            hint=f"The field must be of type {matched[2]}.",
            **place(document, at),
        )
    if not fields:
        # Of an amount that is none the server does not say where it stands.
        amount = _no_amount(document.value, ()) if "quantities must match" in run.message else None
        return SAY.failed(
            f"The API server refuses this: {message}",
            found=_text(document.get(*amount)) if amount else "",
            hint="Write an amount such as 100m or 128Mi, without a space." if amount else _COMPARE,
            **place(document, amount or ()),
        )
    return [finding for path, said in fields for finding in _field(document, path, said)]


_COMPARE = "Compare the object with the documentation of its kind."


def _no_amount(value: object, path: Path) -> Path | None:
    """The first amount of cpu or memory that is none."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            if len(path) > 1 and path[-2] == "resources" and path[-1] in ("requests", "limits"):
                try:
                    parse_quantity(child)
                except (ValueError, TypeError):
                    return (*path, str(key))
            elif (found := _no_amount(child, (*path, str(key)))) is not None:
                return found
    elif isinstance(value, list):
        return next((at for i, child in enumerate(value) if (at := _no_amount(child, (*path, i))) is not None), None)
    return None


def _field(document: Document, path: str, said: str) -> list[Finding]:
    if path == "patch":
        return SAY.failed(f"The API server refuses this: {_short(said)}", **place(document, ()))
    at = parse_path(path)
    unknown = said.startswith(("unknown field", "duplicate field"))
    words = said if path in said else f"{path}: {said}"
    hint = "Compare the name and its depth with the documentation." if unknown else "Mend this field and save."
    if "field is immutable" in said:
        hint = _keep_or_make_anew(document, path)
    elif document.get(*at) is None and not unknown:
        hint = f"{path} is missing or empty."
    return SAY.failed(
        f"The API server refuses this: {words}",
        hint=hint,
        found=_text(document.get(*at)),
        **{**place(document, at, key=unknown), "path": path},
    )


def _keep_or_make_anew(document: Document, path: str) -> str:
    kind, name = str(document.get("kind") or "object"), str(document.get("metadata", "name") or "NAME")
    return (
        f"{path} stays as it was when the {kind} was made. Put the old value back; or, where the new one is meant,"
        f" delete the {kind} and apply again: kubectl delete {kind.lower()} {name}"
    )


def _short(message: str) -> str:
    """Without the whole patch that the API server repeats."""
    matched = _PATCH.match(message)
    return matched[1] if matched else message


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def parse_path(text: str) -> Path:
    """`spec.containers[0].ports[1].name`, `metadata.labels[app.kubernetes.io/name]` → its parts."""
    parts: list[str | int] = []
    for name, index in _PART.findall(text):
        parts.append(name if name else int(index) if index.isdigit() else index)
    return tuple(parts)


def locate(document: Document, text: str, go_type: str) -> Path:
    """A path without indexes, as Go's decoder names it, in the document: the first entry whose value does not fit."""
    wanted = text.split(".")
    candidates: list[tuple[Path, object]] = [((), document.value)]
    for name in wanted:
        deeper: list[tuple[Path, object]] = []
        for path, value in candidates:
            entries = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, entry in entries:
                here = path if index is None else (*path, index)
                if isinstance(entry, Mapping) and name in entry:
                    deeper.append(((*here, name), entry[name]))
        if not deeper:
            break
        candidates = deeper
    return next((path for path, value in candidates if not _fits(value, go_type)), candidates[0][0])


def _fits(value: object, go_type: str) -> bool:
    if go_type.startswith(("int", "uint")):
        return isinstance(value, int) and not isinstance(value, bool)
    if go_type == "string":
        return isinstance(value, str)
    if go_type == "bool":
        return isinstance(value, bool)
    if go_type.startswith("[]"):
        return isinstance(value, list)
    return isinstance(value, Mapping)
