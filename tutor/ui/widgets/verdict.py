"""The verdict of the last check: passed, not yet, could not check, each with its own colour, sign and words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tutor.core.finding import Finding, Severity, Verdict
from tutor.ui.widgets.chip import Chip
from tutor.ui.words import number_of

PASSED, NOT_YET, UNKNOWN = "passed", "not-yet", "could-not-check"
WORDS = {PASSED: "✓ PASSED", NOT_YET: "✗ NOT YET", UNKNOWN: "? COULD NOT CHECK", "": "· NOT CHECKED YET"}

ROOM, ROOM_PASSED = 44, 60
"""Cells from which the button says all that it does: with the verdict beside it, and with the way on as well."""
ROOM_NEXT = 46
"""Cells from which the way on says where it leads."""
LEAST = 16
"""Cells that a reason needs, to be worth beginning."""


class VerdictBar(Horizontal):
    DEFAULT_CSS = """
    VerdictBar { height: 1; background: $panel; }
    VerdictBar > #verdict { width: auto; padding: 0 1; text-style: bold; }
    VerdictBar > #count { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    VerdictBar > Chip { margin: 0 0 0 1; }
    VerdictBar.-passed > #verdict { background: $success; color: $background; }
    VerdictBar.-passed { background: $success-muted; }
    VerdictBar.-not-yet > #verdict { background: $warning; color: $background; }
    VerdictBar.-not-yet { background: $warning-muted; }
    VerdictBar.-could-not-check > #verdict { background: $accent; color: $background; }
    VerdictBar.-could-not-check { background: $accent-muted; }
    """

    verdict: reactive[str] = reactive("")
    findings: reactive[tuple[Finding, ...]] = reactive(())
    checking: reactive[bool] = reactive(False)
    passed_before: reactive[bool] = reactive(False)

    def compose(self) -> ComposeResult:
        yield Static(id="verdict")
        yield Static(id="count")
        yield Chip("Why", "d", "pane('done')", id="why-button")
        yield Chip("Next step", "n", "next_step", id="next-button", classes="-primary")
        yield Chip("Check my work", "c", "check", id="check-button", classes="-primary")

    def on_mount(self) -> None:
        self._draw()

    def watch_verdict(self) -> None:
        self._draw()

    def watch_findings(self) -> None:
        self._draw()

    def watch_checking(self) -> None:
        self._draw()

    def watch_passed_before(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        room = self.size.width - (ROOM_PASSED if self.passed_before else ROOM)
        self.query_one("#check-button", Chip).label = "Check my work" if room >= 0 else "Check"
        self.query_one("#next-button", Chip).label = "Next step" if self.size.width >= ROOM_NEXT else "Next"
        for name in (PASSED, NOT_YET, UNKNOWN):
            self.set_class(self.verdict == name, f"-{name}")
        self.query_one("#verdict", Static).update(Content(WORDS.get(self.verdict, self.verdict)))
        self.query_one("#count", Static).update(Content(self._said()))
        done = self.verdict == PASSED
        self.query_one("#why-button").display = self.passed_before
        self.query_one("#next-button").display = self.passed_before
        self.query_one("#next-button").set_class(done, "-primary")
        self.query_one("#check-button").set_class(not done, "-primary")

    def _said(self) -> str:
        """The longest wording that there is room for; a reason may be cut short, for the list below tells it."""
        taken = sum(chip.cells + 1 for chip in self.query(Chip).results(Chip) if chip.display)
        room = self.size.width - taken - len(WORDS.get(self.verdict, "")) - 4
        wordings = self._wordings()
        if self.verdict == UNKNOWN and not self.checking:
            return wordings[0] if room >= LEAST else ""
        return next((said for said in wordings if len(said) <= room), "")

    def _wordings(self) -> list[str]:
        if self.checking:
            return ["checking …", "…"]
        if self.verdict == UNKNOWN:
            return [next((f.message for f in self.findings if f.verdict is Verdict.UNKNOWN), "")]
        count = dict.fromkeys(Verdict, 0)
        for finding in self.findings:
            if finding.severity is Severity.ERROR or finding.verdict is Verdict.PASSED:
                count[finding.verdict] += 1
        if self.verdict == PASSED:
            return [f"all {number_of(count[Verdict.PASSED], 'check', 'checks')}"]
        parts = [
            f"{count[Verdict.FAILED]} to mend" if count[Verdict.FAILED] else "",
            f"{count[Verdict.UNKNOWN]} could not be checked" if count[Verdict.UNKNOWN] else "",
            f"{count[Verdict.SKIPPED]} waiting" if count[Verdict.SKIPPED] else "",
            f"{count[Verdict.PASSED]} right" if count[Verdict.PASSED] else "",
            "passed before" if self.passed_before else "",
        ]
        told = [part for part in parts if part]
        return [" · ".join(told[:length]) for length in range(len(told), 0, -1)]
