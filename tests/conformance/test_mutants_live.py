"""Wrong files that Kubernetes accepts: the tutor finds the same on both clusters, for the same reason."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.mutant_course import MUTANTS, Mutant, findings
from tests.conformance.scenario import Place

RECORDED = Path(__file__).parent / "recorded" / "mutants.json"
"""By the mutant's name, what the tutor found on Kubernetes v1.34.2: `HOMICS_RECORD=1` writes it anew."""

pytestmark = [pytest.mark.course, pytest.mark.timeout(300)]
each_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))


@each_mutant
def test_the_tutor_finds_on_the_practice_cluster_what_it_finds_on_kubernetes(
    mutant: Mutant, place: Callable[[str], Place], practice_kubeconfig: str
) -> None:
    wanted = json.loads(RECORDED.read_text("utf-8"))[mutant.name]
    assert _found(mutant, place(practice_kubeconfig), wanted) == wanted


@pytest.mark.live
@each_mutant
def test_the_tutor_still_finds_on_kubernetes_what_was_recorded(
    mutant: Mutant, place: Callable[[str], Place], real_kubeconfig: str
) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    anew = bool(os.environ.get("HOMICS_RECORD"))
    found = _found(mutant, place(real_kubeconfig), None if anew else recorded[mutant.name])
    if anew:
        recorded[mutant.name] = found
        RECORDED.write_text(json.dumps(recorded, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    assert found == recorded[mutant.name]


def _found(mutant: Mutant, place: Place, wanted: list[dict[str, object]] | None) -> list[dict[str, object]]:
    found = findings(mutant, place.namespace, place.folder, place.environment, wanted)
    assert found, f"nothing is found wrong with {mutant.name}"
    return found
