"""The reference beside the learner's file, compared as objects: for instructors, and for learners after the step."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from tutor.core.finding import Finding
from tutor.lesson.instructor.instructing import Comparison
from tutor.ui.instructor.compared import learner_findings, object_findings, reference_findings
from tutor.ui.widgets.code import CodeView
from tutor.ui.widgets.finding_list import FindingList
from tutor.ui.widgets.key_row import KeyRow
from tutor.ui.widgets.step_text import StepText
from tutor.ui.widgets.strip import Name, NameStrip
from tutor.ui.words import short_path

SIDE_BY_SIDE = 100
"""Cells from which both files stand beside each other."""
BOTH, YOURS, REFERENCE, WHY, MISTAKES, WAYS = "both", "yours", "reference", "why", "mistakes", "ways"
LABELS = {
    BOTH: "Side by side",
    YOURS: "Learner's",
    REFERENCE: "Reference",
    WHY: "Why each field",
    MISTAKES: "Mistakes",
    WAYS: "Other ways",
}


class ReferenceScreen(Screen[None]):
    """Closes with Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,r", "close", "Close", key_display="Esc"),
        Binding("left_square_bracket", "file(-1)", "File before", key_display="["),
        Binding("right_square_bracket", "file(1)", "Next file", key_display="]"),
        Binding("f", "difference(1)", "Next difference"),
        Binding("tab", "app.focus_next", show=False),
    ]
    DEFAULT_CSS = """
    ReferenceScreen > #reference-title { height: 1; background: $accent-muted; padding: 0 1; text-style: bold; }
    ReferenceScreen > NameStrip { background: $panel; }
    ReferenceScreen > #problems { height: auto; max-height: 3; padding: 0 1; background: $warning-muted; }
    ReferenceScreen > #sides { height: 1fr; }
    ReferenceScreen .side { width: 1fr; height: 1fr; }
    ReferenceScreen #reference-side { border-left: solid $border-blurred; }
    ReferenceScreen .side > Static { height: 1; background: $surface; padding: 0 1; color: $foreground 60%; }
    ReferenceScreen > FindingList { height: auto; max-height: 30%; min-height: 3; }
    ReferenceScreen > StepText { height: 1fr; }
    """

    chosen: reactive[str] = reactive(BOTH, init=False)
    file: reactive[int] = reactive(0, init=False)
    selected: reactive[Finding | None] = reactive(None, init=False)

    def __init__(self, title: str, comparison: Comparison, *, notes: bool) -> None:
        """`notes`: with what is meant for instructors."""
        super().__init__()
        self.heading = title
        self.comparison = comparison
        self.notes = notes

    def compose(self) -> ComposeResult:
        yield Static(Content(self.heading), id="reference-title")
        yield NameStrip(id="reference-parts")
        yield NameStrip(id="reference-files")
        problems = Static(Content("\n".join(self.comparison.problems)), id="problems")
        problems.display = bool(self.comparison.problems)
        yield problems
        with Horizontal(id="sides"):
            with Vertical(classes="side", id="learner-side"):
                yield Static("the learner's" if self.notes else "yours")
                yield CodeView(id="learner-code")
            with Vertical(classes="side", id="reference-side"):
                yield Static("the reference")
                yield CodeView(id="reference-code")
        yield FindingList()
        yield StepText(id="reference-text")
        yield KeyRow()

    def on_mount(self) -> None:
        self.query_one(FindingList).findings = object_findings(self.comparison.objects)
        self.chosen = self._parts()[0]
        self._draw()
        self.query_one(FindingList).focus()

    def on_resize(self, event: events.Resize) -> None:
        if self.chosen not in self._parts():
            self.chosen = self._parts()[0]
        self._draw()

    def _parts(self) -> list[str]:
        wide = self.size.width >= SIDE_BY_SIDE
        files = ([BOTH] if wide else [YOURS, REFERENCE]) if self.comparison.files else []
        notes = {WHY: self.comparison.reasons, MISTAKES: self.comparison.mistakes} if self.notes else {}
        texts = {**notes, WAYS: self.comparison.other_ways}
        return [*files, *(name for name, text in texts.items() if text)] or [WAYS]

    def watch_chosen(self) -> None:
        self._draw()

    def watch_file(self) -> None:
        self._draw()

    def watch_selected(self) -> None:
        self._draw()

    def _draw(self) -> None:
        parts = self.query_one("#reference-parts", NameStrip)
        parts.names = tuple(Name(part, LABELS[part]) for part in self._parts())
        parts.chosen = self.chosen
        shown = self.chosen in (BOTH, YOURS, REFERENCE) and bool(self.comparison.files)
        files = self.query_one("#reference-files", NameStrip)
        files.display = shown
        self.query_one("#sides").display = shown
        self.query_one(FindingList).display = shown
        self.query_one("#learner-side").display = self.chosen != REFERENCE
        self.query_one("#reference-side").display = self.chosen != YOURS
        text = self.query_one("#reference-text", StepText)
        text.display = not shown
        if shown:
            self._draw_files(files)
        else:
            text.text = self._text()

    def _text(self) -> str:
        texts = {WHY: self.comparison.reasons, MISTAKES: self.comparison.mistakes, WAYS: self.comparison.other_ways}
        return texts.get(self.chosen, "") or "Nothing is written about this step."

    def _draw_files(self, strip: NameStrip) -> None:
        pairs = self.comparison.files
        pair = pairs[self.file]
        strip.names = tuple(Name(each.path, short_path(each.path)) for each in pairs)
        strip.chosen = pair.path
        objects = self.comparison.objects
        # The learner may have written the object into another file of the step: the marks follow the object.
        learner, reference = self.query_one("#learner-code", CodeView), self.query_one("#reference-code", CodeView)
        learner.text = pair.learner if pair.exists else "# This file does not exist.\n"
        learner.findings = learner_findings(objects, pair.path)
        reference.text, reference.findings = pair.reference, reference_findings(objects, pair.path, pair.reference)
        for view in (learner, reference):
            view.selected = self._same(view.findings)
        listed = self.query_one(FindingList)
        listed.selected = self.selected

    def _same(self, findings: tuple[Finding, ...]) -> Finding | None:
        wanted = self.selected
        return next((f for f in findings if wanted is not None and f.path and f.path == wanted.path), None)

    def _show(self, finding: Finding) -> None:
        self.selected = finding
        paths = [pair.path for pair in self.comparison.files]
        if finding.file in paths:
            self.file = paths.index(finding.file)
        for name in ("#learner-code", "#reference-code"):
            view = self.query_one(name, CodeView)
            if (same := self._same(view.findings)) is not None:
                view.show_finding(same)

    def on_finding_list_moved(self, event: FindingList.Moved) -> None:
        self._show(event.finding)

    def on_finding_list_selected(self, event: FindingList.Selected) -> None:
        self._show(event.finding)

    def on_code_view_finding_clicked(self, event: CodeView.FindingClicked) -> None:
        listed = self.query_one(FindingList).listed
        self._show(next((f for f in listed if f.path and f.path == event.finding.path), event.finding))

    def on_name_strip_chosen(self, event: NameStrip.Chosen) -> None:
        event.stop()
        if event.strip.id == "reference-parts":
            self.chosen = event.name
        else:
            self.file = [pair.path for pair in self.comparison.files].index(event.name)

    def action_file(self, by: int) -> None:
        if self.comparison.files:
            self.file = (self.file + by) % len(self.comparison.files)

    def action_difference(self, by: int) -> None:
        differing = [finding for finding in self.query_one(FindingList).listed if finding.path]
        if differing:
            at = differing.index(self.selected) + by if self.selected in differing else 0
            self._show(differing[at % len(differing)])

    def action_close(self) -> None:
        self.dismiss(None)
