"""Check my work: the verdict, what can be done from here, and the findings."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Static

from tutor.core.finding import Finding
from tutor.ui.widgets.action_bar import ActionBar
from tutor.ui.widgets.celebration import Celebration
from tutor.ui.widgets.finding_list import FindingList
from tutor.ui.widgets.verdict import VerdictBar


class CheckPanel(Vertical):
    DEFAULT_CSS = """
    CheckPanel { height: 1fr; background: $surface; }
    CheckPanel > #nothing { height: 1fr; padding: 1 2; color: $foreground 60%; display: none; }
    """

    verdict: reactive[str] = reactive("")
    findings: reactive[tuple[Finding, ...]] = reactive(())

    def compose(self) -> ComposeResult:
        yield Celebration()
        yield VerdictBar()
        yield ActionBar()
        yield FindingList()
        yield Static("Nothing was checked yet. Save a file or press c.", id="nothing")

    def on_mount(self) -> None:
        self._draw()

    def watch_verdict(self) -> None:
        self._draw()

    def watch_findings(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        bar = self.query_one(VerdictBar)
        bar.verdict, bar.findings = self.verdict, self.findings
        listed = self.query_one(FindingList)
        listed.findings = self.findings
        listed.display = bool(self.findings)
        self.query_one("#nothing").display = not self.findings
