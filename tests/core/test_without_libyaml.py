"""Where PyYAML was built without libyaml, files are read and explained alike, but for tabs between words."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.core.test_kubectl_reads import CASES, RECORDED, like_json, ours
from tests.core.test_yaml_slips import SLIPS, broken
from tutor.core.manifest import parse_manifest
from tutor.core.yaml import tree as yaml_tree

REFUSES_TABS = {"a tab behind a colon", "a tab before a comment", "JSON with tabs"}


@pytest.fixture(autouse=True)
def no_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_tree, "_Loader", yaml.SafeLoader)


def test_files_are_read_alike() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    differing = {name for name, data in CASES.items() if like_json(ours(data)) != like_json(recorded[name])}
    assert differing == REFUSES_TABS


@pytest.mark.parametrize(
    ("old", "new", "line", "message"), [(s[1], s[2], s[3], s[5]) for s in SLIPS], ids=[s[0] for s in SLIPS]
)
def test_slips_are_explained_alike(old: str, new: str, line: int, message: str) -> None:
    (finding,) = parse_manifest("kube/a.yaml", broken(old, new)).findings
    assert finding.message.startswith(message)
    assert finding.line == line
