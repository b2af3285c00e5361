"""Whatever bytes a file holds, there is a finding or a reading of it: never an exception, never more than a limit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.core.finding import Verdict
from tutor.core.manifest import MOST_BYTES, MOST_DOCUMENTS, parse_manifest

SIZE = MOST_BYTES


def aliases(levels: int, width: int, opens: str, closes: str) -> str:
    text = "a0: &a0 x\n"
    for level in range(1, levels):
        inner = ",".join(f"{'' if opens == '[' else f'k{i}: '}*a{level - 1}" for i in range(width))
        text += f"a{level}: &a{level} {opens}{inner}{closes}\n"
    return text


def merges(levels: int) -> str:
    return "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}, k{i}: v}}\n" for i in range(1, levels))


REFUSED = {
    "an alias bomb": (aliases(10, 9, "[", "]"), "aliases stand for more values"),
    "an alias bomb of mappings": (aliases(10, 9, "{", "}"), "aliases stand for more values"),
    "aliases in a hundred documents": (
        ("a: &a [" + "x," * 400 + "]\nb: [" + "*a," * 100 + "]\n---\n") * 90,
        "aliases stand for more values",
    ),
    "a chain of merges": (merges(2000), "nested more than 100 levels"),
    "20,000 brackets": ("[" * 20_000, "is not closed"),
    "20,000 dashes": ("- " * 20_000, "nested more than 100 levels"),
    "20,000 levels of blocks": ("".join(" " * i + "a:\n" for i in range(1500)), "nested more than 100 levels"),
    "too many keys": ("".join(f"k{i}: v\n" for i in range(60_000)), "more values than a manifest"),
    "the same key again and again": ("a: {b: c}\n" * 60_000, "more values than a manifest"),
    "too many documents": ("---\na: b\n" * (MOST_DOCUMENTS + 1), f"more than {MOST_DOCUMENTS} documents"),
    "too many JSON objects": ('{"a": 1}' * 50_000, f"more than {MOST_DOCUMENTS} documents"),
    "an open quote at the start of 2 MB": ('a: "' + "x\n" * (SIZE // 2 - 8), "is never closed"),
    "2 MB of tabs": ("\t" * SIZE, "indented with a tab"),
    "2 MB of braces": ("{" * SIZE, "placeholder of a template"),
    "2 MB of colons": (":" * SIZE, "has a colon where none can stand"),
    "2 MB of anchors": ("&a " * (SIZE // 3), "is not YAML"),
    "a lone escape": ('a: "\\ud800"', "a backslash begins a sign"),
}
READ = {
    "2 MB of spaces": " " * SIZE,
    "2 MB of comments": "# x\n" * (SIZE // 4),
    "2 MB of digits": "a: " + "1" * (SIZE - 3),
    "2 MB of underscores": "a: 1" + "_" * (SIZE - 4),
    "a number beyond all": "a: 1e999999999",
    "a text of 2 MB": "a: |\n" + " x\n" * (SIZE // 3 - 8),
    "a python tag": "a: !!python/object/apply:os.system [exit]",
}
UNREADABLE = {
    "a NUL byte": b"a: b\0",
    "30 MB": b"a" * (30 * 1024 * 1024),
    "an image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_manifest_is_ends_in_a_finding(name: str) -> None:
    text, words = REFUSED[name]
    (finding,) = parse_manifest("a.yaml", text.encode()).findings
    assert finding.verdict is Verdict.FAILED
    assert words in finding.message


@pytest.mark.parametrize("name", READ)
def test_what_is_only_large_is_read(name: str) -> None:
    file = parse_manifest("a.yaml", READ[name].encode())
    assert file.readable


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_text_could_not_be_checked(name: str) -> None:
    (finding,) = parse_manifest("a.yaml", UNREADABLE[name]).findings
    assert finding.verdict is Verdict.UNKNOWN


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
from tutor.core.manifest import parse_manifest
file = parse_manifest("a.yaml", open(sys.argv[1], "rb").read())
assert file.findings and not file.readable, file.findings
if sys.platform == "linux":
    # ru_maxrss would count the memory of the process that this one was forked from.
    (peak,) = (int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
    assert peak < 200 << 10, peak
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limits of a process are set otherwise there")
@pytest.mark.parametrize("name", ["an alias bomb", "too many keys", "aliases in a hundred documents", "20,000 dashes"])
def test_hostile_files_take_neither_memory_nor_time(name: str, tmp_path: Path) -> None:
    """In a process that may use two seconds of CPU, start included, and peaks below 200 MB."""
    file = tmp_path / "a.yaml"
    file.write_text(REFUSED[name][0])
    done = subprocess.run([sys.executable, "-c", LIMITED, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


YAML_LIKE = st.text(st.sampled_from("ab1:- \n\t\"'[]{}&*!|>%@`#?,.<=~\r\0\ufeff\u00a0é\x85\ud800"), max_size=60)


@settings(max_examples=200)
@given(YAML_LIKE)
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)


def check(data: bytes) -> None:
    file = parse_manifest("a.yaml", data)
    # YAML's breaks, as the tutor counts and shows lines; at most, since the encoding is the file's own.
    lines = len(re.split(rb"\r\n|[\n\r\x85]|\xe2\x80[\xa8\xa9]", data))
    for finding in file.findings:
        assert finding.message
        assert finding.line is None or 1 <= finding.line <= lines
        assert finding.column is None or finding.column >= 1
    for document in file.documents:
        assert document.position().line >= 1
