"""How the live panel looks. Look at the difference of the pictures before you accept a new one (--snapshot-update)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.ui.live.panel_app import PanelApp, drawn
from tutor.core.pictures.drawing import ASCII
from tutor.ui.theme import LIGHT

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the pictures tell local times")


def test_a_crash_in_a_small_terminal(snap_compare: Any) -> None:
    assert snap_compare(PanelApp("crash", 30.0), terminal_size=(80, 22), run_before=drawn)


def test_a_rolling_update_with_the_whole_screen(snap_compare: Any) -> None:
    assert snap_compare(PanelApp("rolling-update-without-readiness", 42.0), terminal_size=(160, 46), run_before=drawn)


def test_one_of_two_replicas_beside_the_text_in_a_bright_room(snap_compare: Any) -> None:
    app = PanelApp("two-replicas-crash", 60.0, theme=LIGHT.name)
    assert snap_compare(app, terminal_size=(66, 44), run_before=drawn)


def test_the_back_off_in_a_narrow_terminal_without_unicode(snap_compare: Any) -> None:
    assert snap_compare(PanelApp("back-off", 16.0, glyphs=ASCII), terminal_size=(40, 30), run_before=drawn)
