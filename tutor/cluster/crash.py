"""The Crash button: GET /user/crash the way the version poll goes, and which pod it hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.core.snapshot import ClusterSnapshot
from tutor.kube.labels import equality_matches
from tutor.kube.podstatus import pod_row

if TYPE_CHECKING:
    from tutor.cluster.app import Application

CRASH_PATH = "/user/crash"
SERVICE = "user"
LOOKS, BETWEEN = 50, 0.1
"""How often and how long (seconds) the pods are looked at for the one that ended."""


@dataclass(frozen=True, slots=True)
class Crashed:
    ok: bool
    pod: str
    """Empty where none was seen to end."""
    via: str
    message: str

    def __str__(self) -> str:
        return self.message


async def crash(application: Application) -> Crashed:
    """Send it and look which pod stops being ready or restarts. The answer itself never comes: the program ends."""
    before = _runs(application.snapshot())
    if not before:
        return Crashed(False, "", "", "There is no pod of the Service user to crash. Apply user first.")
    reply = await application.get(CRASH_PATH)
    way = "through the gateway" if reply.via == "nodeport" else "through the API server's service proxy"
    if reply.error in ("cluster-away", "refused-by-api-server", "login", "no-endpoints"):
        return Crashed(False, "", reply.via, f"The crash could not be asked for: {reply.describe()}")
    for _ in range(LOOKS):
        after = _runs(application.snapshot())
        hit = [pod for pod, state in before.items() if _ended(state, after.get(pod))]
        if hit:
            return Crashed(True, hit[0], reply.via, f"{hit[0]} was crashed {way}.")
        await application.clock.sleep(BETWEEN)
    if not reply.error and reply.status is not None and reply.status < 400:
        return Crashed(True, "", reply.via, f"GET {CRASH_PATH} was sent {way}; no pod has changed yet.")
    return Crashed(False, "", reply.via, f"No pod of user ended after GET {CRASH_PATH} {way}: {reply.describe()}")


def _ended(before: tuple[int, bool], after: tuple[int, bool] | None) -> bool:
    """Restarted, or not ready any more. A pod that became ready meanwhile is another one's story."""
    return after is not None and (after[0] > before[0] or (before[1] and not after[1]))


def _runs(snapshot: ClusterSnapshot) -> dict[str, tuple[int, bool]]:
    """Pod of the Service user → (restarts, ready)."""
    service = snapshot.get("Service", SERVICE)
    selector = ((service or {}).get("spec") or {}).get("selector")
    rows = [
        pod_row(pod, snapshot.taken_at)
        for pod in snapshot.list("Pod")
        if equality_matches(selector, pod["metadata"].get("labels") or {})
    ]
    return {row.name: (row.restarts, row.is_ready) for row in rows if not row.terminating}
