"""Every value and every key of a file has its line and column."""

from __future__ import annotations

from tutor.core.manifest import Document, Path, parse_manifest, path_text


def document(text: str, index: int = 0) -> Document:
    file = parse_manifest("a.yaml", text.encode())
    assert not [finding for finding in file.findings if finding.blocks]
    return file.documents[index]


def at(doc: Document, *path: str | int) -> tuple[int, int]:
    mark = doc.position(path)
    return mark.line, mark.column


def key_at(doc: Document, *path: str | int) -> tuple[int, int]:
    mark = doc.key_position(path)
    return mark.line, mark.column


def test_block_style() -> None:
    doc = document("a:\n  b: 1\n  c:\n    - d: 2\n      e: 3\n    - f\n")
    assert at(doc, "a", "b") == (2, 6)
    assert key_at(doc, "a", "b") == (2, 3)
    assert at(doc, "a", "c", 0) == (4, 7)
    assert at(doc, "a", "c", 0, "e") == (5, 10)
    assert at(doc, "a", "c", 1) == (6, 7)


def test_flow_style_and_json() -> None:
    doc = document('{"a": {"b": [1, {"c": 2}]}}')
    assert at(doc, "a", "b", 0) == (1, 14)
    assert at(doc, "a", "b", 1, "c") == (1, 23)
    assert key_at(doc, "a", "b", 1, "c") == (1, 18)


def test_a_second_json_object_keeps_its_place() -> None:
    doc = document('{"a": 1}\n  {"b": 2}\n', 1)
    assert at(doc, "b") == (2, 9)


def test_several_documents_and_comments() -> None:
    doc = document("# one\na: 1\n---\n# two\n\nb: 2 # three\n", 1)
    assert at(doc, "b") == (6, 4)


def test_a_byte_order_mark_and_crlf_count_for_nothing() -> None:
    doc = document("\ufeffa: 1\r\nb:\r\n  c: 2\r\n")
    assert at(doc, "a") == (1, 4)
    assert at(doc, "b", "c") == (3, 6)


def test_columns_count_characters_not_bytes() -> None:
    doc = document('"é😀": x\n')
    assert at(doc, "é😀") == (1, 7)


def test_what_an_alias_stands_for_is_where_it_was_written() -> None:
    doc = document("a: &x\n  b: 1\nc: *x\n")
    assert at(doc, "c", "b") == (2, 6)


def test_what_was_merged_is_where_it_was_written() -> None:
    doc = document("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n")
    assert at(doc, "d", "b") == (1, 11)
    assert at(doc, "d", "c") == (4, 6)


def test_the_last_of_two_keys_has_the_place() -> None:
    doc = document("a: {x: 1, y: 2}\na: {x: 3}\n")
    assert at(doc, "a", "x") == (2, 8)
    assert at(doc, "a", "y") == (2, 1), "y is gone with the first a: its place is the key a"


def test_a_missing_field_is_at_the_nearest_thing_around_it() -> None:
    doc = document("a:\n  b:\n    c: 1\n")
    assert at(doc, "a", "b", "missing", "deeper") == (2, 3)
    assert at(doc, "nothing") == (1, 1)


def test_a_list_of_kind_list_gives_its_entries() -> None:
    file = parse_manifest(
        "a.yaml",
        b"kind: List\napiVersion: v1\nitems:\n  - kind: Service\n    metadata: {name: a}\n  - kind: Deployment\n",
    )
    assert [(doc.index, doc.kind) for doc in file.documents] == [(0, "Service"), (1, "Deployment")]
    assert at(file.documents[0], "metadata", "name") == (5, 22)
    assert at(file.documents[1], "kind") == (6, 11)
    assert key_at(file.documents[1], "kind") == (6, 5)


def test_get_takes_every_shape() -> None:
    doc = document("a:\n  - b: 1\n  - null\nc: x\n")
    assert doc.get("a", 0, "b") == 1
    assert doc.get("a", -1, default="d") is None
    assert doc.get("a", 5, default="d") == "d"
    assert doc.get("a", "b", default="d") == "d"
    assert doc.get("c", "b", default="d") == "d"


def test_paths_are_written_as_the_api_server_does() -> None:
    path: Path = ("spec", "template", "spec", "containers", 0, "image")
    assert path_text(path) == "spec.template.spec.containers[0].image"
    assert path_text(()) == ""
