"""What learners write: both clusters refuse and accept the same files, with the same words.

The words of v1.34.2 are the record of tests/scenarios, which a live test there holds against the real cluster.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.test_server_verdicts import RECORDED, SCENARIOS, ask, changed, digest, own_namespace

pytestmark = [pytest.mark.course, pytest.mark.timeout(300)]
ACCEPTED_SHARE = 4
"""One of so many accepted files is tried; each refused one is."""


def test_the_practice_cluster_says_of_each_file_what_kubernetes_says(
    kubectl: str, practice_kubeconfig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", practice_kubeconfig)
    monkeypatch.setenv("HOME", str(tmp_path))
    recorded: dict[str, str] = json.loads(RECORDED.read_text("utf-8"))
    contents = {digest(data): data for scenario in SCENARIOS for data in changed(scenario).values()}
    accepted = [key for key in sorted(contents) if not recorded[key]]
    tried = [key for key in sorted(contents) if recorded[key]] + accepted[::ACCEPTED_SHARE]
    with own_namespace() as namespace:
        said = {key: ask(tmp_path / "a.yaml", contents[key], namespace) for key in tried}
    different = [
        f"{contents[key].decode('utf-8', 'replace')}\nKubernetes: {recorded[key]}\nthis cluster: {said[key]}"
        for key in tried
        if said[key] != recorded[key]
    ]
    assert not different, "\n\n".join(different)
