"""An application that did not answer is asked again, though nothing changed: a program may only be starting."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.lesson.instructor_doubles import MemoryCluster
from tutor.content.loader import load_course
from tutor.core.observation import Reached
from tutor.core.snapshot import ClusterSnapshot
from tutor.core.timeline import Timeline
from tutor.lesson.judging import Judge
from tutor.lesson.session import open_session
from tutor.lesson.settings import Settings


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


@pytest.mark.parametrize("slug", ["gateway-service"])
async def test_what_did_not_answer_is_asked_again_until_it_does(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMICS_STATE_DIR", str(tmp_path / "state"))
    shutil.copytree(load_course().folders.starter, tmp_path / "work")
    judge = Judge(open_session(Settings(workspace=tmp_path / "work")))
    step = judge.session.step(slug)
    live = Live()
    assert not judge.tries_again(step)
    for at, asked, again in ((0.0, 1, True), (1.0, 1, True), (2.5, 2, True), (5.0, 3, False), (9.0, 3, False)):
        await judge.judge(step, live, Timeline(), at, afresh=False)  # type: ignore[arg-type]
        assert (live.asked, judge.tries_again(step)) == (asked, again)
    assert not judge.tries_again(judge.session.step("crash"))
