"""An application that did not answer is asked again, though nothing changed: a program may only be starting."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.cluster.waiting import until
from tests.fakes import FakeClock
from tests.lesson.instructor_doubles import MemoryCluster
from tutor.content.loader import load_course
from tutor.core.observation import Reached
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline
from tutor.lesson.connecting import Link
from tutor.lesson.judging import Judge
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection, ConnectionView


class Live:
    """A cluster whose gateway answers from the third time on."""

    lost = ""
    trouble = ""
    denied: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        self.snapshot = ClusterSnapshot("default", 0.0)
        self.asked = 0
        self.cluster: Any = MemoryCluster()

    async def reach(self, what: str) -> Reached:
        self.asked += 1
        return Reached(what, ok=self.asked >= 3, error="" if self.asked >= 3 else "refused")


@pytest.mark.parametrize(
    "looks",
    [
        pytest.param(((0.0, 1), (1.0, 1), (2.5, 2), (5.0, 3), (9.0, 3)), id="until it does"),
        pytest.param(((3_600.0, 1), (3_601.0, 1), (1.0, 2), (2.0, 2), (4.0, 3)), id="by a clock that is set back"),
    ],
)
async def test_what_did_not_answer_is_asked_again(
    looks: tuple[tuple[float, int], ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    shutil.copytree(load_course().folders.starter, tmp_path / "work")
    judge = Judge(open_session(Settings(workspace=tmp_path / "work")))
    step = judge.session.step("gateway-service")
    live = Live()
    for at, asked in looks:
        await judge.judge(step, live, Timeline(), at, afresh=False)  # type: ignore[arg-type]
        assert live.asked == asked


class Tried:
    """A link that looks for a cluster by one kubeconfig, until `enough`: its connections, and the starts it tried."""

    def __init__(self, folder: Path, kubeconfig: Path, said: str = "") -> None:
        """`said`: why the practice cluster does not start."""
        self.seen: list[ConnectionView] = []
        self.starts = 0
        self._said = said
        (folder / "work").mkdir()
        session = open_session(Settings(workspace=folder / "work", kubeconfig=kubeconfig))
        self._clock = FakeClock()
        self._link = Link(session, self._clock, self._start)

    def _start(self) -> str:
        self.starts += 1
        return self._said

    async def until(self, enough: Callable[[], bool]) -> None:
        work = asyncio.create_task(self._link.run(lambda: self.seen.append(self._link.connection)))
        await until(enough, self._clock, 0.5)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kubeconfig without a context."""
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    kubeconfig = tmp_path / "none"
    kubeconfig.write_text("")
    return kubeconfig


async def test_a_practice_cluster_that_is_being_started_is_worth_waiting_for(empty: Path, tmp_path: Path) -> None:
    tried = Tried(tmp_path, empty, "Another program uses the port.")
    await tried.until(lambda: tried.starts > 2)
    states = [link.state for link in tried.seen]
    assert states[0] is Connection.CONNECTING
    assert set(states[1:]) == {Connection.NONE}, "it did not start: what is there has to do without"


async def test_why_the_practice_cluster_did_not_start_stays_while_it_is_tried_again(
    empty: Path, tmp_path: Path
) -> None:
    tried = Tried(tmp_path, empty, "Another program uses the port.")
    await tried.until(lambda: tried.starts > 2)
    seen = [link.message for link in tried.seen]
    assert seen[0].endswith("Starting the practice cluster …")
    assert set(seen[1:]) == {"Another program uses the port."}


@pytest.mark.parametrize("content", [None, "clusters: [unclosed"])
async def test_a_kubeconfig_that_cannot_be_used_is_said_once_and_no_practice_cluster_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    """It would be of no use: nothing is looked for behind a kubeconfig that was named and cannot be read."""
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    kubeconfig = tmp_path / "config"
    if content is not None:
        kubeconfig.write_text(content)
    tried = Tried(tmp_path, kubeconfig)
    await tried.until(lambda: len(tried.seen) > 2)
    seen = [link.message for link in tried.seen]
    assert not tried.starts
    assert len(set(seen)) == 1
    assert str(kubeconfig) in seen[0]
