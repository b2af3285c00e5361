"""A learner's file as documents whose every value has its line and column, or findings that say why it is none.

Values are plain JSON-shaped data, as kubectl would send them. A path is a tuple of keys and indexes:
("spec", "template", "spec", "containers", 0, "image").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.yaml.errors import RULE, SOURCE, explain, unreadable
from tutor.core.yaml.file_text import decoded, streams
from tutor.core.yaml.scalars import resolve
from tutor.core.yaml.tree import Mark, TreeError, trees
from tutor.core.yaml.values import Path as Path
from tutor.core.yaml.values import Values

Position = Mark
MOST_BYTES = 2 * 1024 * 1024
MOST_DOCUMENTS = 100
MOST_WARNINGS = 20


def path_text(path: Path) -> str:
    """As the API server writes it: `spec.template.spec.containers[0].image`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a file. The entries of a `kind: List` are documents of their own."""

    file: str
    index: int
    """Which document of the file, from 0."""
    value: Any
    _places: Mapping[Path, Mark] = field(repr=False)
    _keys: Mapping[Path, Mark] = field(repr=False)

    def get(self, *path: str | int, default: Any = None) -> Any:
        """The value at a path, or `default` where anything on the way is missing or of another shape."""
        value = self.value
        for part in path:
            if isinstance(value, Mapping):
                if part not in value:
                    return default
                value = value[part]
            elif isinstance(value, list) and isinstance(part, int) and -len(value) <= part < len(value):
                value = value[part]
            else:
                return default
        return value

    def position(self, path: Path = ()) -> Position:
        """Where the value at `path` stands, or the nearest thing around it that is there."""
        return self._nearest(self._places, path)

    def key_position(self, path: Path) -> Position:
        """Where the key of `path` stands; for an entry of a list, the entry."""
        return self._keys.get(path) or self._nearest(self._places, path)

    def _nearest(self, places: Mapping[Path, Mark], path: Path) -> Position:
        if (found := places.get(path)) is not None:
            return found
        for length in range(len(path) - 1, 0, -1):
            around = path[:length]
            # The key of what is around, or the entry of a list, which has no key.
            found = self._places.get(around) if isinstance(around[-1], int) else self._keys.get(around)
            if found is not None:
                return found
        return self._places.get((), Mark(1, 1))

    @property
    def api_version(self) -> str:
        return _text(self.get("apiVersion"))

    @property
    def kind(self) -> str:
        return _text(self.get("kind"))

    @property
    def name(self) -> str:
        return _text(self.get("metadata", "name"))

    @property
    def namespace(self) -> str:
        """Empty where the document names none."""
        return _text(self.get("metadata", "namespace"))

    @property
    def labels(self) -> dict[str, str]:
        labels = self.get("metadata", "labels")
        return {str(k): str(v) for k, v in labels.items()} if isinstance(labels, Mapping) else {}


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of the workspace."""

    path: str
    """Relative to the workspace, with forward slashes."""
    exists: bool
    text: str | None
    """None where it is missing or cannot be read as text."""
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What keeps it from being read, and warnings: failed for broken YAML, unknown for a file that cannot be read."""
    near: str = ""
    """Where it is missing: a file beside it that may be the one meant, e.g. "kube/gateway/deployment.yaml.txt"."""

    @property
    def readable(self) -> bool:
        """Whether its documents can be judged."""
        return self.exists and not any(f.blocks for f in self.findings)

    @property
    def is_todo(self) -> bool:
        """A file that is there and holds nothing but comments and blank lines."""
        return self.exists and self.text is not None and not self.documents and not self.findings


def parse_manifest(path: str, data: bytes | None, *, read_error: str = "", near: str = "") -> ManifestFile:
    """The file's documents or its findings. Never raises, whatever the bytes are.

    `data` None: there is no such file, and `near` may be the one meant. `read_error`: why it could not be read, a
    sentence.
    """
    if read_error:
        return ManifestFile(path, True, None, (), (unreadable(path, read_error),))
    if data is None:
        return ManifestFile(path, False, None, near=near)
    if len(data) > MOST_BYTES:
        size = f"{len(data) / 1_048_576:.0f} MB"
        return ManifestFile(path, True, None, (), (unreadable(path, f"{path} has {size}: that is no manifest."),))
    read = decoded(data)
    text = read.text
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        why = f"{path} holds a NUL byte on line {line}: it is binary, not a manifest."
        return ManifestFile(path, True, None, (), (unreadable(path, why, line, "Save it as plain text."),))
    documents: list[Document] = []
    warnings = [_other_encoding(path, read.broken, read.byte)] if read.broken else []
    try:
        for root in (root for stream in streams(text) for root in trees(stream)):
            if root is None or (root.kind == "scalar" and root.plain and resolve(root.value) is None):
                continue
            if len(documents) >= MOST_DOCUMENTS:
                raise TreeError(f"the file holds more than {MOST_DOCUMENTS} documents", root.start)
            values = Values()
            value = values.read(root)
            warnings.extend(_warnings(path, values))
            document = Document(path, len(documents), value, values.places, values.keys)
            documents.extend(_expanded(document, len(documents)))
    except (TreeError, yaml.YAMLError) as error:
        return ManifestFile(path, True, text, (), (explain(path, text, error),))
    return ManifestFile(path, True, text, tuple(documents), tuple(warnings[:MOST_WARNINGS]))


def _other_encoding(path: str, mark: Mark, byte: int) -> Finding:
    return Finding(
        RULE,
        Verdict.FAILED,
        f"Line {mark.line} has a character in another encoding than UTF-8 (the byte {byte:#04x}): Kubernetes reads it"
        " as \N{REPLACEMENT CHARACTER}.",
        Severity.WARNING,
        hint="Save the file as UTF-8 in your editor.",
        file=path,
        line=mark.line,
        column=mark.column,
        source=SOURCE,
    )


def _warnings(path: str, values: Values) -> Iterator[Finding]:
    for where, first, again in values.twice:
        name = str(where[-1])
        yield Finding(
            RULE,
            Verdict.FAILED,
            f'"{name}" stands twice here, on line {first.line} and on line {again.line}: the last one counts.',
            Severity.WARNING,
            found=f"{name} twice",
            expected=f"{name} once",
            hint=f"Keep one of them, or put both parts under one {name}.",
            file=path,
            line=again.line,
            column=again.column,
            path=path_text(where),
            source=SOURCE,
        )
    for where, mark, tag in values.tags:
        yield Finding(
            RULE,
            Verdict.FAILED,
            f"{tag} is a tag of YAML, which means nothing to Kubernetes: it is left out of the value.",
            Severity.WARNING,
            found=tag,
            expected="no tag",
            hint="Remove it, or put the value in quotes if the ! belongs to it.",
            file=path,
            line=mark.line,
            column=mark.column,
            path=path_text(where),
            source=SOURCE,
        )


def _expanded(document: Document, start: int) -> Iterator[Document]:
    """The entries of a `kind: List`, or the document itself."""
    items = document.get("items")
    if document.kind not in ("List", "DeploymentList", "ServiceList") or not isinstance(items, list):
        yield document
        return
    for number, item in enumerate(items):
        prefix: Path = ("items", number)
        places = {path[2:]: mark for path, mark in document._places.items() if path[:2] == prefix}
        keys = {path[2:]: mark for path, mark in document._keys.items() if path[:2] == prefix and len(path) > 2}
        yield Document(document.file, start + number, item, places, keys)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
