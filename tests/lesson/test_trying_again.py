"""An application that did not answer is asked again, though nothing changed: a program may only be starting."""

from __future__ import annotations

import asyncio
import shutil
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
from tutor.lesson.view import Connection


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


async def test_a_practice_cluster_that_is_being_started_is_worth_waiting_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    (tmp_path / "none").write_text("")
    clock = FakeClock()
    states: list[Connection] = []
    tries: list[int] = []

    def start() -> str:
        tries.append(1)
        return "Another program uses the port."

    link = Link(open_session(Settings(workspace=tmp_path / "work", kubeconfig=tmp_path / "none")), clock, start)
    work = asyncio.create_task(link.run(lambda: states.append(link.connection.state)))
    await until(lambda: len(tries) > 2, clock, 0.5)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert states[0] is Connection.CONNECTING
    assert set(states[1:]) == {Connection.NONE}, "it did not start: what is there has to do without"


async def test_why_the_practice_cluster_did_not_start_stays_while_it_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    (tmp_path / "none").write_text("")
    clock = FakeClock()
    seen: list[str] = []
    tries: list[int] = []

    def start() -> str:
        tries.append(1)
        return "Another program uses the port."

    link = Link(open_session(Settings(workspace=tmp_path / "work", kubeconfig=tmp_path / "none")), clock, start)
    work = asyncio.create_task(link.run(lambda: seen.append(link.connection.message)))
    await until(lambda: len(tries) > 2, clock, 0.5)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert seen[0].endswith("Starting the practice cluster …")
    assert set(seen[1:]) == {"Another program uses the port."}


@pytest.mark.parametrize("content", [None, "clusters: [unclosed"])
async def test_a_kubeconfig_that_cannot_be_used_is_said_once_and_no_practice_cluster_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    """It would be of no use: nothing is looked for behind a kubeconfig that was named and cannot be read."""
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "work").mkdir()
    if content is not None:
        (tmp_path / "config").write_text(content)
    clock = FakeClock()
    seen: list[str] = []
    tries: list[int] = []

    def start() -> str:
        tries.append(1)
        return ""

    link = Link(open_session(Settings(workspace=tmp_path / "work", kubeconfig=tmp_path / "config")), clock, start)
    work = asyncio.create_task(link.run(lambda: seen.append(link.connection.message)))
    await until(lambda: len(seen) > 2, clock, 0.5)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert not tries
    assert len(set(seen)) == 1
    assert str(tmp_path / "config") in seen[0]
