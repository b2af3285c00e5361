"""What is said when the tutor was left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.fake_lesson import CONNECTED, FakeLesson
from tutor.cli.app import open_tutor
from tutor.lesson.settings import Settings
from tutor.lesson.view import Connection, ConnectionView

PRACTICE = replace(CONNECTED, context="homics-practice", kind="practice")
UNKNOWN = ConnectionView(Connection.CONNECTING, message="Looking for a cluster …")


@pytest.mark.parametrize("screen", [False, True], ids=["lines", "screen"])
@pytest.mark.parametrize(
    ("link", "goes_on"),
    [
        pytest.param(PRACTICE, True, id="practice cluster"),
        pytest.param(replace(PRACTICE, state=Connection.LOST), False, id="practice cluster that does not answer"),
        pytest.param(CONNECTED, False, id="minikube"),
        pytest.param(UNKNOWN, False, id="none yet"),
    ],
)
def test_a_practice_cluster_that_goes_on_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    screen: bool,
    link: ConnectionView,
    goes_on: bool,
) -> None:
    lesson = FakeLesson()
    lesson._view = replace(lesson._view, connection=link)
    monkeypatch.setattr("tutor.lesson.opening.open_lesson", lambda *_, **__: lesson)
    monkeypatch.setattr("tutor.cli.app.plain_wanted", lambda _: not screen)
    monkeypatch.setattr("tutor.ui.app.TutorApp.run", lambda _: None)
    monkeypatch.setattr("sys.stdin", None)
    assert open_tutor(Settings(workspace=tmp_path)) == 0
    assert ("homics-tutor cluster stop" in capsys.readouterr().out) is goes_on
