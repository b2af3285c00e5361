"""A learner's file as documents whose every value has its line and column, or findings that say why it is none.

Values are plain JSON-shaped data, as kubectl would send them. A path is a tuple of keys and indexes:
("spec", "template", "spec", "containers", 0, "image").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.core.finding import Finding, Severity, Verdict
from tutor.core.yaml_errors import explain, unreadable
from tutor.core.yaml_scalars import resolve
from tutor.core.yaml_tree import Mark, Node, TreeError, trees

Path = tuple[str | int, ...]
Position = Mark
RULE = "file-parses"
MOST_BYTES = 2 * 1024 * 1024
MOST_DOCUMENTS = 100


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
        for length in range(len(path), -1, -1):
            if (found := (places if length == len(path) else self._keys).get(path[:length])) is not None:
                return found
        return places.get((), Mark(1, 1))

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
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = f"{data[error.start]:#04x}"
        why = f"{path} is not text in UTF-8: the byte {byte} on line {line} belongs to another encoding."
        return ManifestFile(path, True, None, (), (unreadable(path, why, line, "Save it as UTF-8 in your editor."),))
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        why = f"{path} holds a NUL byte on line {line}: it is binary, not a manifest."
        return ManifestFile(path, True, None, (), (unreadable(path, why, line),))
    # libyaml counts \r\n as one break and so do editors; a lone \r is none in an editor's count.
    text = text.replace("\r\n", "\n")
    documents: list[Document] = []
    warnings: list[Finding] = []
    try:
        for root in trees(text):
            if root is None or (root.kind == "scalar" and root.plain and resolve(root.value) is None):
                continue
            if len(documents) >= MOST_DOCUMENTS:
                raise TreeError(f"the file holds more than {MOST_DOCUMENTS} documents", root.start)
            reader = _Reader(path)
            value = reader.value(root, ())
            warnings.extend(reader.warnings)
            documents.extend(
                _expanded(Document(path, len(documents), value, reader.places, reader.keys), len(documents))
            )
    except Exception as error:
        if (finding := explain(path, text, error)) is None:
            raise
        return ManifestFile(path, True, text, (), (finding,))
    return ManifestFile(path, True, text, tuple(documents), tuple(warnings))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


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


class _Reader:
    """Turns a tree into values and notes where each of them stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.warnings: list[Finding] = []

    def value(self, node: Node, path: Path) -> Any:
        self.places[path] = node.start
        if node.kind == "scalar":
            return self._scalar(node)
        if node.tag is not None and not node.tag.startswith("tag:yaml.org,2002:"):
            raise TreeError(f"the tag {node.tag} has no meaning in a manifest", node.start, "Remove it.")
        if node.kind == "sequence":
            return [self.value(item, (*path, index)) for index, item in enumerate(node.items)]
        return self._mapping(node, path)

    def _scalar(self, node: Node) -> Any:
        if node.plain:
            return resolve(node.value)
        if node.tag in (None, "!", "tag:yaml.org,2002:str"):
            return node.value
        if node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool"):
            return resolve(node.value)
        if node.tag == "tag:yaml.org,2002:null":
            return None
        raise TreeError(f"the tag {node.tag} has no meaning in a manifest", node.start, "Remove it.")

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[Node] = []
        for key, child in node.pairs:
            if key.kind != "scalar":
                raise TreeError("a key must be a single word, not a list or another mapping", key.start)
            if key.plain and key.value == "<<":
                merged.extend(child.items if child.kind == "sequence" else [child])
                continue
            name = self._key(key)
            here = (*path, name)
            if name in values:
                self._twice(name, key, path)
            self.keys[here] = key.start
            values[name] = self.value(child, here)
        for source in merged:
            if source.kind != "mapping":
                raise TreeError("<< takes a mapping, or a list of them", source.start)
            for name, value in (
                self._mapping(source, path).items() if not values else self._merged(source, path, values)
            ):
                values.setdefault(name, value)
        return values

    def _merged(self, source: Node, path: Path, have: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What a merged mapping adds: keys that stand here themselves win, with their places."""
        aside = _Reader(self.file)
        values = aside._mapping(source, path)
        for places, own in ((aside.places, self.places), (aside.keys, self.keys)):
            for where, mark in places.items():
                if len(where) > len(path) and where[len(path)] not in have:
                    own.setdefault(where, mark)
        return [(name, value) for name, value in values.items() if name not in have]

    @staticmethod
    def _key(node: Node) -> str:
        """JSON's keys are strings: kubectl turns a number or a boolean into its text."""
        value = resolve(node.value) if node.plain else node.value
        if value is None:
            return "null" if node.value else ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _twice(self, name: str, key: Node, path: Path) -> None:
        first = self.keys[(*path, name)]
        self.warnings.append(
            Finding(
                RULE,
                Verdict.FAILED,
                f'"{name}" stands twice here, on line {first.line} and on line {key.start.line}: the last one counts.',
                Severity.WARNING,
                hint=f"Keep one of them, or put both parts under one {name}.",
                file=self.file,
                line=key.start.line,
                column=key.start.column,
                path=path_text((*path, name)),
            )
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
