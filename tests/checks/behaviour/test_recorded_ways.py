"""Wrong ways through the steps and the right ones after them, as recorded on Kubernetes v1.34.2 with its real kubectl.

In each recording one namespace went through several steps with `homics-tutor watch` beside it. A look is what the rule
says at that moment, of a step that began then. Their times are those of the recording, Unix seconds.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

import pytest

from tests.checks.behaviour.told import NEW, USER, judged
from tutor.core.timeline import Entry
from tutor.core.timeline_lines import from_line

RECORDED = Path(__file__).parent / "recorded"
OTHER, MORE, AWAY = "other-ways-v1.34.2", "more-ways-v1.34.2", "unwatched-ways-v1.34.2"
GATEWAY, BOTH, IN_UPDATE = "gateway-ways-v1.34.2", "gateway-and-crash-v1.34.2", "crash-in-update-v1.34.2"
PASSED, FAILED, UNKNOWN = "passed", "failed", "unknown"

CRASH, ROLL, BACK, TWO = "crash-seen", "version-sequence", "no-error-during-rollout", "crash-without-error"
FORTH = {"deployment": USER, "versions": ["1.0.0", "2.0.0"]}
PARAMS: dict[str, dict[str, object]] = {ROLL: FORTH, BACK: {"deployment": USER, "image": NEW}}

LOOKS = (
    # Crashed while no tutor was open; then once more, which waits for its back-off.
    (OTHER, CRASH, 1795648738.07, 1795648761, UNKNOWN, "nobody was looking when it happened"),
    (OTHER, CRASH, 1795648738.07, 1795648770, FAILED, "is 0/1 (Completed) since"),
    (OTHER, CRASH, 1795648738.07, 1795648780, FAILED, "its program does not answer steadily yet; 18 errors"),
    (OTHER, CRASH, 1795648738.07, 1795648786.8, PASSED, "0/1 for 15.0 s, 21 errors (17 x http-500, 4 x timeout)"),
    # Deleted and applied with 2.0.0; then set back to 1.0.0 and rolled to 2.0.0.
    (OTHER, ROLL, 1795648825.39, 1795648843, FAILED, "2.0.0 answers, but by no update: user-deployment was deleted"),
    (OTHER, ROLL, 1795648825.39, 1795648865.5, FAILED, "2.0.0 answers, but not steadily yet"),
    (OTHER, ROLL, 1795648825.39, 1795648867.2, PASSED, "5 errors (5 x http-500) in 5.0 s. Without a readinessProbe"),
    # Set back to 1.0.0 without a probe, the probe applied after it; then forth and back.
    (OTHER, BACK, 1795648867.94, 1795648903, FAILED, "had no readinessProbe. The probe came at"),
    (OTHER, BACK, 1795648867.94, 1795648918, FAILED, "had no readinessProbe. The probe came at"),
    (OTHER, BACK, 1795648867.94, 1795648927.5, FAILED, "its last old pod may still drop a call"),
    (OTHER, BACK, 1795648867.94, 1795648930.4, PASSED, "10 calls, 1 error (1 x http-500) at the moment when a pod"),
    # The gateway's pod was deleted after the crash; then a crash alone.
    (OTHER, TWO, 1795648931.16, 1795648969, UNKNOWN, "3 errors (2 x refused, 1 x unreachable) meanwhile, in which the"),
    (OTHER, TWO, 1795648931.16, 1795649002.6, PASSED, "gbgwz answered meanwhile: 25 calls, no error"),
    # A livenessProbe that asks for a page that is not there, taken back; then a crash.
    (MORE, CRASH, 1795649137.14, 1795649163, FAILED, "by the kubelet, since its livenessProbe failed"),
    (MORE, CRASH, 1795649137.14, 1795649186.1, PASSED, "0/1 for 1.0 s, 7 errors (7 x http-500) in 7.0 s"),
    # Scaled to 0, the image set, scaled to 1; then set back, and rolled with a pause in between.
    (MORE, ROLL, 1795649186.59, 1795649207, FAILED, "was scaled to 0, so nothing could roll"),
    (MORE, ROLL, 1795649186.59, 1795649230, FAILED, "2.0.0 has not answered yet"),
    (MORE, ROLL, 1795649186.59, 1795649240.5, PASSED, "6 errors (6 x http-500) in 6.0 s. Without a readinessProbe"),
    # Probe and image at once with the strategy Recreate; restarted with the other one; then forth and back.
    (MORE, BACK, 1795649240.85, 1795649258, FAILED, "was not smooth: 8 errors (4 x timeout, 4 x http-500) of 12"),
    (MORE, BACK, 1795649240.85, 1795649275, FAILED, "no pod was ready for 8.1 s"),
    (MORE, BACK, 1795649240.85, 1795649299.4, PASSED, "11 calls, 1 error (1 x http-500) at the moment when a pod"),
    # The tutor was killed just after the crash; then it slept through another one; then one before its eyes.
    (AWAY, CRASH, 1795649906.05, 1795649929, UNKNOWN, "Restart 0→1"),
    (AWAY, CRASH, 1795649906.05, 1795649984, UNKNOWN, "Restart 1→2"),
    (AWAY, CRASH, 1795649906.05, 1795650027.1, PASSED, "0/1 for 29.1 s, 35 errors (29 x http-500, 6 x timeout)"),
    # The tutor was closed in the middle of the update; then back, and forth once more.
    (AWAY, ROLL, 1795650027.51, 1795650053, UNKNOWN, "could not be watched: no tutor was watching from"),
    (AWAY, ROLL, 1795650027.51, 1795650074.2, PASSED, "6 errors (5 x http-500, 1 x timeout) in 6.0 s. Without a"),
    # A crash in the middle of the update; then forth and back.
    (AWAY, BACK, 1795650074.41, 1795650097, FAILED, "crashed meanwhile, at"),
    (AWAY, BACK, 1795650074.41, 1795650121.3, PASSED, "11 calls, 1 error (1 x http-500) at the moment when a pod"),
    # One of two deleted; then both crashed.
    (AWAY, TWO, 1795650121.65, 1795650151, FAILED, "a pod that is deleted is replaced by a new one"),
    (AWAY, TWO, 1795650121.65, 1795650174, FAILED, "but no other pod of user-deployment was ready then"),
    # The gateway's pod was deleted, and user crashed half a minute later.
    (GATEWAY, CRASH, 1795658018.0, 1795658022.0, FAILED, "its program does not answer steadily yet; 4 errors"),
    (GATEWAY, CRASH, 1795658018.0, 1795658028.0, PASSED, "7 errors (7 x http-500) in 7.0 s, until the program"),
    # Crashed in an update, and started once more while it was being deleted.
    (GATEWAY, CRASH, 1795658145.0, 1795658150.0, FAILED, "was deleted before it was ready again"),
    # The gateway's pod was deleted in the second in which one of two pods crashed.
    (BOTH, TWO, 1795659284.0, 1795659286.0, FAILED, "is 0/1 (Completed) since"),
    (BOTH, TWO, 1795659284.0, 1795659297.0, UNKNOWN, "3 errors (2 x refused, 1 x unreachable) meanwhile, in which"),
    # Crashed in an update with a probe.
    (IN_UPDATE, BACK, 1795659293.0, 1795659306.0, FAILED, "crashed meanwhile, at"),
    # The gateway's pod was deleted in an update.
    (IN_UPDATE, BACK, 1795659348.0, 1795659361.0, UNKNOWN, "as the gateway itself could not be reached"),
)


@lru_cache
def recorded(name: str) -> tuple[Entry, ...]:
    lines = gzip.decompress((RECORDED / f"{name}.jsonl.gz").read_bytes()).decode().splitlines()
    return tuple(entry for line in lines if (entry := from_line(line)) is not None)


@pytest.mark.parametrize(
    ("name", "rule", "begun", "at", "verdict", "says"), LOOKS, ids=[f"{look[1]}-{look[3]:.0f}" for look in LOOKS]
)
def test_a_way_is_judged_as_it_went(name: str, rule: str, begun: float, at: float, verdict: str, says: str) -> None:
    told = [entry for entry in recorded(name) if entry.at <= at]
    finding = judged(rule, told, since=begun, now=at, params=PARAMS.get(rule, {"deployment": USER}))
    assert (str(finding.verdict), says in finding.message) == (verdict, True), finding
    assert verdict == PASSED or finding.hint
