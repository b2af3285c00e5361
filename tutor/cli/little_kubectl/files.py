"""Objects in files and folders, as `-f` names them, with kubectl's words for what cannot be read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.cli.little_kubectl.errors import Failure
from tutor.content.read_file import read_bytes
from tutor.core.manifest import parse_manifest

ENDINGS = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """One object and the file it comes from."""

    file: str
    """As kubectl names it: the path as typed; of a folder, with the file's name; "STDIN"."""
    value: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.value.get("kind") or "")

    @property
    def api_version(self) -> str:
        return str(self.value.get("apiVersion") or "")

    @property
    def name(self) -> str:
        metadata = self.value.get("metadata")
        return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""

    @property
    def namespace(self) -> str:
        metadata = self.value.get("metadata")
        return str(metadata.get("namespace") or "") if isinstance(metadata, dict) else ""

    def no_match(self) -> str:
        return (
            f'error: resource mapping not found for name: "{self.name}" namespace: "{self.namespace}" from'
            f' "{self.file}": no matches for kind "{self.kind}" in version "{self.api_version}"\n'
            "ensure CRDs are installed first"
        )


def objects_of(files: tuple[str, ...], *, recursive: bool = False) -> list[Source]:
    """All objects in the order of the files; a folder's files by name. Raises: `Failure`."""
    found: list[Source] = []
    for file in files:
        for path, label in _paths(file, recursive):
            found += _read(path, label)
    return found


def _paths(file: str, recursive: bool) -> Iterator[tuple[Path | None, str]]:
    if file == "-":
        yield None, "STDIN"
        return
    if "://" in file:
        raise Failure(f"error: the built-in kubectl reads no addresses: save {file} to a file first.")
    path = Path(file)
    if not path.exists():
        raise Failure(f'error: the path "{file}" does not exist')
    if not path.is_dir():
        yield path, file
        return
    entries = sorted(path.rglob("*") if recursive else path.iterdir())
    inside = [entry for entry in entries if entry.suffix in ENDINGS and entry.is_file()]
    if not inside:
        raise Failure(f"error: error reading [{file}]: recognized file extensions are [{' '.join(ENDINGS)}]")
    for entry in inside:
        yield entry, str(entry)


def _read(path: Path | None, label: str) -> list[Source]:
    if path is None:
        data, problem = sys.stdin.buffer.read(), ""
    else:
        _, data, problem = read_bytes(path)
    if problem:
        raise Failure(f"error: {label} {problem}")
    parsed = parse_manifest(label, data)
    if not parsed.readable:
        first = next(finding for finding in parsed.findings if finding.blocks)
        place = f"line {first.line}: " if first.line else ""
        raise Failure(f"error: error parsing {label}: error converting YAML to JSON: yaml: {place}{first.message}")
    sources = []
    for document in parsed.documents:
        if not isinstance(document.value, dict):
            raise Failure(_not_valid(label, "invalid object to validate"))
        source = Source(label, document.value)
        missing = [key for key in ("apiVersion", "kind") if not source.value.get(key)]
        if missing:
            raise Failure(_not_valid(label, _missing(missing)))
        sources.append(source)
    return sources


def _missing(keys: list[str]) -> str:
    said = [f"{key} not set" for key in keys]
    return said[0] if len(said) == 1 else f"[{', '.join(said)}]"


def _not_valid(label: str, why: str) -> str:
    return (
        f'error: error validating "{label}": error validating data: {why}; if you choose to ignore these errors, turn'
        " validation off with --validate=false"
    )
