"""What beginners get wrong in YAML is told at its line and column, in words that name the slip."""

from __future__ import annotations

import pytest

from tutor.core.finding import Severity, Verdict
from tutor.core.manifest import parse_manifest

GOOD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: user-deployment
  labels:
    app: user
spec:
  replicas: 1
  selector:
    matchLabels:
      app: user
  template:
    metadata:
      labels:
        app: user
    spec:
      containers:
        - name: user
          image: homics/user-activity:1.0.0
          ports:
            - containerPort: 9001
          readinessProbe:
            httpGet:
              path: /user/internal/version
              port: 9001
            periodSeconds: 3
"""
IMAGE = "image: homics/user-activity:1.0.0"
SLIPS: tuple[tuple[str, str, str, int, int, str], ...] = (
    # what, old, new, line, column, how the message begins
    ("a tab", "  replicas: 1", "\treplicas: 1", 8, 1, "Line 8 is indented with a tab"),
    ("spaces and a tab", "          image", "        \t image", 19, 9, "Line 19 is indented with a tab"),
    ("a tab behind a dash", "- name: user", "-\tname: user", 18, 10, "Line 18 has a tab where a space belongs"),
    ("no space in the first line", "apiVersion: a", "apiVersion:a", 1, 11, "A space is missing after the colon"),
    ("no space", "replicas: 1", "replicas:1", 8, 11, "A space is missing after the colon on line 8"),
    ("no space in a list", "- name: user", "- name:user", 18, 15, "A space is missing after the colon on line 18"),
    ("no space in the last line", "periodSeconds: 3", "periodSeconds:3", 26, 26, "A space is missing after the colon"),
    ("no space behind a dash", "- name: user", "-name: user", 18, 9, "A space is missing after the dash on line 18"),
    ("no colon", "replicas: 1", "replicas 1", 8, 3, "Line 8 has no colon behind its key."),
    ("an equals sign", "replicas: 1", "replicas = 1", 8, 3, "Line 8 has no colon behind its key. = is no colon."),
    ("no colon at a block", "  selector:\n", "  selector\n", 9, 3, "Line 9 has no colon behind its key."),
    ("no colon at spec", "spec:\n  replicas", "spec\n  replicas", 7, 1, "Line 7 has no colon behind its key."),
    ("no colon before a list", "containers:\n", "containers\n", 17, 7, "Line 17 has no colon behind its key."),
    ("a field deeper", "          image", "            image", 19, 13, "Line 19 begins in column 13, deeper than"),
    ("a field shallower", "          image", "         image", 19, 10, "Line 19 begins in column 10, and the fields"),
    ("a key deeper", "  replicas: 1", "    replicas: 1", 9, 3, "Line 9 begins in column 3, which fits none"),
    ("a key by one", "  template:", "   template:", 12, 4, "Line 12 begins in column 4, which fits none"),
    ("a dash deeper", "9001\n          r", "9001\n              - a: 1\n          r", 22, 15, "The dash on line 22"),
    ("a dash among keys", "  selector:", "  - selector:", 9, 3, "Line 9 begins with a dash, where a key is expected"),
    ("an open quote", IMAGE, 'image: "homics/user-activity:1.0.0', 19, 18, 'The quote " that opens on line 19'),
    ("an open single quote", IMAGE, "image: 'homics", 19, 18, "The quote ' that opens on line 19 is never closed"),
    (
        "a quote that closes later",
        "app: user\nspec:\n  replicas: 1",
        'app: "user\nspec:\n  replicas: "1"',
        6,
        10,
        'The quote " that opens on line 6 is closed on line 8 only',
    ),
    ("half in quotes", IMAGE, 'image: "homics":1.0.0', 19, 26, "Line 19 goes on behind the closing quote"),
    ("an escape", IMAGE, 'image: "homics\\q"', 19, 25, "In double quotes a backslash begins a sign of its own"),
    ("a colon in a value", IMAGE, "image: homics: 1.0.0", 19, 24, "The value on line 19 holds a colon with a space"),
    ("an at sign", IMAGE, "image: @homics", 19, 18, "Line 19 begins a value with @"),
    ("a backtick", IMAGE, "image: `homics`", 19, 18, "Line 19 begins a value with `"),
    ("an open brace", "      app: user\n  t", "      {app: user\n  t", 12, 11, "The bracket or brace that opens on"),
    ("a text behind a pipe", IMAGE, "image: | homics", 19, 20, "A value that begins with | or > is a text of several"),
    ("a value at the left", IMAGE, "image:\nhomics/user-activity:1.0.0", 20, 1, "Line 20 stands at the left of"),
    ("a placeholder", IMAGE, "image: {{ image }}", 19, 19, "Two braces {{ }} are a placeholder of a template"),
    ("a star", "app: user\nspec", "app: *user\nspec", 6, 10, '"*user" refers to an anchor, and no &user stands above'),
    ("Git's marks", "  replicas: 1", "<<<<<<< HEAD\n  replicas: 1", 8, 1, "Line 8 is a mark that Git leaves"),
    ("Markdown's fence", "apiVersion", "```yaml\napiVersion", 1, 1, "Line 1 is a fence of Markdown"),
    ("a copied command", "apiVersion", "$ kubectl apply -f a.yaml\napiVersion", 1, 1, "Line 1 is a command, not YAML"),
    ("two dashes", "spec:\n  r", "--\nspec:\n  r", 7, 1, "Line 7 has 2 dashes; objects are separated by exactly three"),
    ("four dashes", "spec:\n  r", "----\nspec:\n  r", 7, 4, "Line 7 has 4 dashes"),
    ("a text behind ---", "spec:\n  r", "--- x\nspec:\n  r", 7, 4, "Line 7 begins with --- and goes on behind it"),
    ("three dots", "spec:\n  r", "...\nspec:\n  r", 7, 1, "The three dots on line 7 end the object"),
    ("a space of a web page", "  replicas", "\u00a0\u00a0replicas", 8, 1, "Line 8 has a space that only looks"),
    ("such a space as value", "replicas: 1", "replicas:\u00a01", 8, 12, "Line 8 has a space that only looks"),
    ("a long dash", "- name: user", "\u2013 name: user", 18, 9, "Line 18 has a dash that only looks like one (U+2013)"),
    ("a wide colon", "replicas: 1", "replicas\uff1a 1", 8, 11, "Line 8 has a colon that only looks like one"),
    ("%YAML", "apiVersion", "%YAML 1.2\n---\napiVersion", 1, 1, "Kubectl cannot read a file that begins with"),
    ("infinity", "replicas: 1", "replicas: .inf", 8, 13, ".inf is no number that can be sent"),
    ("no key", "replicas: 1", "~: 1", 8, 3, "A key is missing in front of this colon"),
    ("a control character", "replicas: 1", "replicas: 1 # \x07", 8, 17, "The character U+0007 is not allowed in YAML"),
)  # fmt: skip
WARNINGS: tuple[tuple[str, str, str, int, int, str, str], ...] = (
    # what, old, new, line, column, path, how the message begins
    ("a key twice", "replicas: 1", "replicas: 1\n  replicas: 2", 9, 3, "spec.replicas", '"replicas" stands twice here'),
    ("a tag", "app: user\nspec", "app: !user\nspec", 6, 10, "metadata.labels.app", "!user is a tag of YAML"),
)  # fmt: skip


def broken(old: str, new: str) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


def test_the_good_file_is_read() -> None:
    assert parse_manifest("a.yaml", GOOD.encode()).findings == ()


@pytest.mark.parametrize(("old", "new", "line", "column", "message"), [s[1:] for s in SLIPS], ids=[s[0] for s in SLIPS])
def test_a_slip_is_told_where_it_stands(old: str, new: str, line: int, column: int, message: str) -> None:
    (finding,) = parse_manifest("kube/a.yaml", broken(old, new)).findings
    assert finding.message.startswith(message)
    assert (finding.rule, finding.verdict, finding.severity) == ("file-parses", Verdict.FAILED, Severity.ERROR)
    assert (finding.file, finding.line, finding.column) == ("kube/a.yaml", line, column)
    assert finding.hint
    assert finding.source.startswith("https://kubernetes.io/")


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "path", "message"), [w[1:] for w in WARNINGS], ids=[w[0] for w in WARNINGS]
)
def test_what_kubectl_takes_and_nobody_means_is_a_warning(
    old: str, new: str, line: int, column: int, path: str, message: str
) -> None:
    file = parse_manifest("kube/a.yaml", broken(old, new))
    (finding,) = file.findings
    assert finding.message.startswith(message)
    assert (finding.severity, finding.line, finding.column, finding.path) == (Severity.WARNING, line, column, path)
    assert file.readable
    assert len(file.documents) == 1


def test_a_tab_in_json_is_not_blamed() -> None:
    (finding,) = parse_manifest("a.json", b'{\n\t"kind": "Service"\n\t"apiVersion": "v1"\n}').findings
    assert finding.message.startswith("The bracket or brace that opens on line 1 is not closed, or a comma is missing")
    assert finding.line == 3


def test_a_comment_between_is_not_taken_for_the_line_above() -> None:
    text = GOOD.replace("  replicas: 1\n", "  replicas 1\n  # two pods later: see TODO 6\n\n")
    (finding,) = parse_manifest("a.yaml", text.encode()).findings
    assert (finding.line, finding.column) == (8, 3)


def test_another_encoding_is_a_warning_and_the_file_is_judged() -> None:
    file = parse_manifest("a.yaml", GOOD.replace("replicas: 1", "replicas: 1 # d\u00e9ploiement").encode("latin-1"))
    (finding,) = file.findings
    assert (finding.severity, finding.line, finding.column) == (Severity.WARNING, 8, 18)
    assert file.documents[0].get("spec", "replicas") == 1
