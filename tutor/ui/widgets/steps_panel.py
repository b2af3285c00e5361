"""The column of the steps: its head, and the list."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.ui.widgets.steps import StepList


class StepsPanel(Vertical):
    DEFAULT_CSS = """
    StepsPanel { background: $surface; }
    StepsPanel > #steps-head { height: 1; background: $panel; padding: 0 1; }
    """

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("1 ", "$text-primary 80%"), ("Steps", "$foreground 80%")), id="steps-head")
        yield StepList(id="step-list")
