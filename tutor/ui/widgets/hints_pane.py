"""The hints of a step's tasks: a question, the concept, the fields; one at a time, and those that are open stay."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tutor.core.step import Step, Task
from tutor.ui.widgets.chip import Chip
from tutor.ui.widgets.step_text import StepText
from tutor.ui.widgets.strip import Name, NameStrip

TIERS = ("A question", "The idea, and where to read about it", "What to write")


class HintsPane(Vertical):
    DEFAULT_CSS = """
    HintsPane { height: 1fr; }
    HintsPane > #hint-bar { height: 1; background: $surface; }
    HintsPane > #hint-title { height: auto; padding: 1 2 0 2; }
    HintsPane > #hint-foot { height: auto; padding: 0 2 1 2; }
    """

    step: reactive[Step | None] = reactive(None)
    at_hand: reactive[str] = reactive("")
    """Id of the task that the first failing check belongs to."""
    opened: reactive[Mapping[str, int]] = reactive(dict)
    passed: reactive[bool] = reactive(False)
    """All hints may be read then."""
    about: reactive[str] = reactive("")
    """Id of the task whose hints are seen."""

    class Wanted(Message):
        """The next hint of a task is wanted."""

        def __init__(self, task: str) -> None:
            super().__init__()
            self.about = task

    def compose(self) -> ComposeResult:
        with Horizontal(id="hint-bar"):
            yield NameStrip(id="hint-tasks")
        yield Static(id="hint-title")
        yield StepText(id="hint-text")
        with Horizontal(id="hint-foot"):
            yield Chip("Next hint", "h", "hint", id="next-hint", classes="-primary")

    @property
    def open_count(self) -> int:
        return 3 if self.passed else self.opened.get(self.about, 0)

    def watch_step(self, step: Step | None) -> None:
        if step is not None and self.about not in [task.id for task in step.tasks]:
            self.about = self.at_hand or step.tasks[0].id
        self._draw()

    def watch_at_hand(self, at_hand: str) -> None:
        if at_hand:
            self.about = at_hand

    def watch_opened(self) -> None:
        self._draw()

    def watch_passed(self) -> None:
        self._draw()

    def watch_about(self) -> None:
        self._draw()

    def on_mount(self) -> None:
        self._draw()

    def _chosen(self) -> Task | None:
        return next((task for task in self.step.tasks if task.id == self.about), None) if self.step else None

    def _draw(self) -> None:
        task = self._chosen()
        if not self.children or self.step is None or task is None:
            return
        strip = self.query_one(NameStrip)
        strip.names = tuple(
            Name(other.id, f"Task {number}", badge=_dots(3 if self.passed else self.opened.get(other.id, 0)))
            for number, other in enumerate(self.step.tasks, 1)
        )
        strip.chosen = task.id
        count = self.open_count
        self.query_one("#hint-title", Static).update(Content.styled(task.title, "bold"))
        parts = [f"### {number}. {TIERS[number - 1]}\n\n{task.hints[number - 1]}\n" for number in range(1, count + 1)]
        self.query_one(StepText).text = (
            "\n".join(parts) or "No hint of this task is open yet. Try it first, if you like."
        )
        chip = self.query_one("#next-hint", Chip)
        chip.display = count < 3
        chip.label = "First hint" if count == 0 else f"Next hint: {TIERS[min(count, 2)].lower()}"

    def ask(self) -> None:
        """Ask for the next hint of the task that is seen, where one is left."""
        if self.open_count < 3:
            self.post_message(self.Wanted(self.about))

    def on_name_strip_chosen(self, event: NameStrip.Chosen) -> None:
        event.stop()
        self.about = event.name


def _dots(count: int) -> str:
    return "●" * count + "○" * (3 - count)
