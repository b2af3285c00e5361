"""The findings of a step: what is to mend first, then what could not be checked, then what is right."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.core.finding import Finding, Severity, Verdict
from tutor.ui.widgets.hanging import hanging
from tutor.ui.widgets.room import room_of
from tutor.ui.widgets.side_by_side import found_and_expected
from tutor.ui.words import VERDICT, finding_mark, is_problem, number_of, short_path

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
    FindingList { scrollbar-size-vertical: 1; min-width: 8; }
    FindingList:focus { border: none; background-tint: $foreground 0%; }
    FindingList > .option-list--option { padding: 0 1; }
    FindingList > .option-list--option-highlighted { text-style: none; }
    FindingList:focus > .option-list--option-highlighted { text-style: none; }
    """

    findings: reactive[tuple[Finding, ...]] = reactive(())
    selected: reactive[Finding | None] = reactive(None)
    told_elsewhere: reactive[frozenset[str]] = reactive(frozenset())
    """Files that are on the screen: what was found in them is told in full there."""

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

    def watch_told_elsewhere(self) -> None:
        self._reprompt()

    def on_resize(self) -> None:
        self._reprompt()

    def watch_show_vertical_scrollbar(self) -> None:
        # The scrollbar takes a column, and no resize tells of it: neither to this list nor to Textual's.
        self._clear_caches()
        self._reprompt()

    @property
    def listed(self) -> tuple[Finding, ...]:
        """Those with a line of their own: what waits for another check is summed up below them."""
        return tuple(finding for finding in in_order(self.findings) if finding.verdict is not Verdict.SKIPPED)

    def _prompts(self) -> list[Content]:
        waiting = [finding for finding in self.findings if finding.verdict is Verdict.SKIPPED]
        return [*map(self._prompt, self.listed), *([self._waiting(waiting)] if waiting else [])]

    def _rebuild(self) -> None:
        top = self.scroll_offset.y
        count = len(self.listed)
        self.set_options(Option(prompt, disabled=index >= count) for index, prompt in enumerate(self._prompts()))
        self._highlight()
        self.scroll_to(y=top, animate=False, immediate=True)

    def _reprompt(self) -> None:
        prompts = self._prompts()
        if len(prompts) != self.option_count:
            return
        for index, prompt in enumerate(prompts):
            before = self.get_option_at_index(index).prompt
            if not (isinstance(before, Content) and before.is_same(prompt)):
                self.replace_option_prompt_at_index(index, prompt)
        self._highlight()

    def _highlight(self) -> None:
        listed = self.listed
        if self.selected in listed:
            at = listed.index(self.selected)
            if self.highlighted != at:
                self.highlighted = at
        elif listed and self.highlighted is None:
            self.highlighted = 0

    @property
    def _room(self) -> int:
        return max(room_of(self) - 2, 20)

    def _prompt(self, finding: Finding) -> Content:
        mark = finding_mark(finding)
        place = _place(finding)
        quiet = finding.verdict is Verdict.PASSED
        text = Content.assemble(
            (f"{place}  " if place and not quiet else "", f"bold {mark.style}"),
            (finding.message, "$foreground 75%" if quiet else ""),
        )
        lines = [hanging(Content.styled(f"{mark.sign} ", f"bold {mark.style}"), text, self._room)]
        here = finding.file in self.told_elsewhere and finding.line is not None
        if finding == self.selected and is_problem(finding) and not here:
            lines += [Content("  ") + line for line in found_and_expected(finding, self._room - 2)]
            for label, said in (("do", finding.hint), ("read", finding.source)):
                if said:
                    style = "$text-primary" if label == "read" else ""
                    front = Content.styled(f"  {label:<9}", "$foreground 60%")
                    lines.append(hanging(front, Content.styled(said, style), self._room))
        return Content("\n").join(lines)

    def _waiting(self, waiting: list[Finding]) -> Content:
        mark = VERDICT[Verdict.SKIPPED]
        head = f"{number_of(len(waiting), 'check waits', 'checks wait')} for what is above:"
        claims = dict.fromkeys(finding.message.partition(" Not looked at:")[0] for finding in waiting)
        return Content("\n").join(
            [
                Content.styled(f"{mark.sign} {head}", mark.style),
                *(hanging(Content("  "), Content.styled(claim, mark.style), self._room) for claim in claims),
            ]
        )

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.has_focus and event.option_index < len(self.listed):
            self.post_message(self.Moved(self.listed[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_index < len(self.listed):
            self.post_message(self.Selected(self.listed[event.option_index]))


def _place(finding: Finding) -> str:
    if not finding.file:
        return ""
    return short_path(finding.file) + (f":{finding.line}" if finding.line else "")
