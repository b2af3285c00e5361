"""Whether a mutant means something else than its reference: told by the real API server, not by the tutor's rules.

Each mutant was sent to it (POST, dry run, strict fields). Either it was refused, or it came back with its defaults
filled in; then what differs from the reference in the same form was written down. mutants-v1.34.2.json holds both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.scenarios.mutants import Mutant
from tutor.core.finding import Finding

RECORDED = Path(__file__).parent / "mutants-v1.34.2.json"
Differences = Mapping[str, Any]
"""Path → what the mutant has there in its normal form; None where it has nothing."""

FREE = (
    r"metadata\.labels\..*",
    r"metadata\.annotations\..*",
    r"spec\.template\.metadata\.(labels|annotations)\..*",
    r".*\.imagePullPolicy",
    r".*\.ports\[\d+\]\.name",
    r".*\.ports\[\d+\]\.nodePort",
    r".*\.containers\[\d+\]\.ports",
    r".*\.containers\[\d+\]\.ports\[\d+\]\..*",
    r".*Probe\.(initialDelaySeconds|periodSeconds|timeoutSeconds|failureThreshold|successThreshold)",
    r"spec\.(minReplicas|maxReplicas|metrics\[\d+\]\.resource\.target\..*)",
    r"spec\.replicas",
    r"spec\.template\.spec\.containers\[\d+\]\.env\[\d+\]\.value",
    r"spec\.template\.spec\.containers\[0\]\.env\[3\].*",  # KAFKA_NUM_PARTITIONS: 1 is what it is anyway
    r"spec\.template\.spec\.(containers\[\d+\]\.)?resources.*",
)
"""Parts of the normal form that a learner may choose: the step works all the same. (A selector that does not fit its
template is refused by the server; so labels that came back are labels that fit.)"""


@cache
def recorded() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found


def refused(mutant: Mutant) -> str:
    """The server's words; empty where it accepts the mutant."""
    entry = recorded()[mutant.key]
    return entry if isinstance(entry, str) else ""


def differences(mutant: Mutant) -> Differences:
    entry = recorded()[mutant.key]
    return {} if isinstance(entry, str) else entry


def changes_meaning(mutant: Mutant) -> bool:
    return bool(refused(mutant)) or any(
        _matters(mutant.step, path, value, differences(mutant)) for path, value in differences(mutant).items()
    )


def _matters(step: str, path: str, value: Any, all_of_them: Differences) -> bool:
    if path.endswith(".containerPort") and value is not None:
        # It opens no port; but a number on which nothing listens is wrong, if harmless.
        return step in ("gateway-deployment", "user-database")
    if path.endswith(".nodePort") and value is not None:
        # The dry run hands none out, so it refuses none: a cluster has these.
        return not 30000 <= int(value) <= 32767
    if path.endswith(".httpGet.path"):
        # The kubelet puts the slash in front (tried with v1.34.2).
        return str(value).lstrip("/") != "user/internal/version"
    if path == "spec.scaleTargetRef.apiVersion":
        # The autoscaler looks for the group; the version may be any (tried with v1.34.2).
        return str(value).partition("/")[0] != "apps"
    if step == "replicas" and path == "spec.replicas":
        return not isinstance(value, int) or value < 2
    if step == "autoscaling" and ".resources" in path:
        of_the_pod = all_of_them.get("spec.template.spec.resources.requests.cpu")
        return value in (None, "0") and not of_the_pod
    if step == "monolith-kafka" and re.fullmatch(r".*\.env\[[0-2]\]\.value", path):
        return value is None
    return not any(re.fullmatch(free, path) for free in FREE)


def normal_form(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The leaves of an object that the server sent back, without what is new each time."""
    return dict(_leaves({key: value for key, value in answer.items() if key != "status"}, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if re.fullmatch(r"metadata\.(uid|creationTimestamp|managedFields|generation|resourceVersion|namespace)", path):
        return
    if re.fullmatch(r"spec\.(clusterIPs?|ports\[\d+\]\.nodePort)(\[\d+\])?", path) and not path.endswith("nodePort"):
        return
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}[{index}]")
    else:
        yield path, value


def compared(reference: Mapping[str, Any], mutant: Mapping[str, Any]) -> dict[str, Any]:
    before, after = normal_form(reference), normal_form(mutant)
    return {
        path: after.get(path) for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)
    }


def names_it(mutant: Mutant, finding: Finding) -> bool:
    """Whether a finding leads to the change: by its path, by its line, or by naming the field as what it expects."""
    if finding.file != mutant.file:
        return False
    if finding.line is not None:
        below = mutant.end + 1  # of a block at the wrong depth the parser sees the end
        near = range(min(mutant.lines) - 1, max(mutant.lines) + 2)
        if finding.line in near or (finding.rule == "file-parses" and finding.line == below):
            return True
    if finding.expected.startswith(f"{mutant.field}: "):
        return True
    holder = re.sub(r"(\.[^.\[]+|\[\d+\])$", "", mutant.path)
    if finding.path and (finding.path.startswith(mutant.path) or finding.path == holder):
        return True
    pair = ("spec.selector", "spec.template.metadata.labels")
    return finding.path.startswith(pair) and mutant.path.startswith(pair)
