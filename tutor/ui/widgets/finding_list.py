"""The findings of a step: what is to mend first, then what could not be checked, then what is right."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.core.finding import Finding, Severity, Verdict
from tutor.ui.widgets.side_by_side import found_and_expected
from tutor.ui.words import finding_mark, is_problem, short_path

ORDER = {Verdict.FAILED: 0, Verdict.UNKNOWN: 1, Verdict.PASSED: 3, Verdict.SKIPPED: 4}


def in_order(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What blocks the step first; else as the step's checks are ordered."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> int:
    rank = ORDER[finding.verdict]
    return 2 if rank == 0 and finding.severity is not Severity.ERROR else rank


class FindingList(OptionList):
    DEFAULT_CSS = """
    FindingList { height: 1fr; max-height: 100%; border: none; padding: 0; background: $surface; }
    FindingList { scrollbar-size-vertical: 1; }
    FindingList:focus { border: none; background-tint: $foreground 0%; }
    FindingList > .option-list--option { padding: 0 1; }
    FindingList > .option-list--option-highlighted { text-style: none; }
    FindingList:focus > .option-list--option-highlighted { text-style: none; }
    """

    findings: reactive[tuple[Finding, ...]] = reactive(())
    selected: reactive[Finding | None] = reactive(None)

    class Selected(Message):
        """A finding was chosen, with Enter or a click: its line is wanted."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    class Moved(Message):
        """The cursor is on another finding."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def watch_findings(self) -> None:
        self._rebuild()

    def watch_selected(self) -> None:
        self._reprompt()

    def on_resize(self, event: events.Resize) -> None:
        self._reprompt()

    @property
    def ordered(self) -> tuple[Finding, ...]:
        return in_order(self.findings)

    def _rebuild(self) -> None:
        top = self.scroll_offset.y
        self.set_options(Option(self._prompt(finding)) for finding in self.ordered)
        self._highlight()
        self.scroll_to(y=top, animate=False, immediate=True)

    def _reprompt(self) -> None:
        for index, finding in enumerate(self.ordered):
            if index >= self.option_count:
                return
            prompt = self._prompt(finding)
            before = self.get_option_at_index(index).prompt
            if not (isinstance(before, Content) and before.is_same(prompt)):
                self.replace_option_prompt_at_index(index, prompt)
        self._highlight()

    def _highlight(self) -> None:
        ordered = self.ordered
        if self.selected in ordered:
            at = ordered.index(self.selected)
            if self.highlighted != at:
                self.highlighted = at
        elif ordered and self.highlighted is None:
            self.highlighted = 0

    def _prompt(self, finding: Finding) -> Content:
        mark = finding_mark(finding)
        width = max(self.scrollable_content_region.width - 4, 20)
        full = finding == self.selected and is_problem(finding)
        quiet = finding.verdict in (Verdict.PASSED, Verdict.SKIPPED)
        place = _place(finding)
        head = Content.assemble(
            (f"{mark.sign} ", f"bold {mark.style}"),
            (f"{place}  " if place else "", f"bold {mark.style}"),
            (finding.message, "$text-muted" if quiet else ""),
        )
        lines = [head]
        if full:
            lines += [Content("  ") + line for line in found_and_expected(finding, width)]
            if finding.hint:
                lines.append(Content.assemble(("  do       ", "$text-muted"), finding.hint))
            if finding.source:
                page = (finding.source, "$text-primary")
                lines.append(Content.assemble(("  read     ", "$text-muted"), page, ("  o opens it", "$text-muted")))
        return Content("\n").join(lines)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.has_focus and event.option_index < len(self.ordered):
            self.post_message(self.Moved(self.ordered[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Selected(self.ordered[event.option_index]))


def _place(finding: Finding) -> str:
    if not finding.file:
        return ""
    return short_path(finding.file) + (f":{finding.line}" if finding.line else "")
