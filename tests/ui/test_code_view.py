"""A file on the screen: a line that goes on beyond it says so, beside a scrollbar as well."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tests.ui.screen_text import settled
from tutor.ui.widgets.code import CodeView

LONG = f"# {'x' * 60}"


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield CodeView()


@pytest.mark.parametrize("more", [0, 20], ids=["all rows seen", "scrollbar"])
async def test_a_line_that_is_cut_ends_with_a_sign_that_is_seen(more: int) -> None:
    async with Shown().run_test(size=(40, 10)) as pilot:
        code = pilot.app.query_one(CodeView)
        code.text = "\n".join([LONG, *["a: 1"] * more])
        await settled(pilot)
        first = (await settled(pilot)).split("\n")[0]
        assert code.show_vertical_scrollbar is bool(more)
        assert first.rstrip(" ▁▂▃▄▅▆▇█").endswith("x…"), first
