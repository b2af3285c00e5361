"""The steps with their states; below the current one its tasks."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.core.finding import Verdict
from tutor.core.step import Step
from tutor.lesson.view import StepState
from tutor.ui.widgets.hanging import hanging
from tutor.ui.widgets.room import room_of
from tutor.ui.words import STEP, VERDICT


class StepList(OptionList):
    BORDER_TITLE = "Steps"
    DEFAULT_CSS = """
    StepList { height: 1fr; max-height: 100%; border: none; padding: 0; background: $surface; }
    StepList { scrollbar-size-vertical: 1; min-width: 8; }
    StepList:focus { border: none; background-tint: $foreground 0%; }
    StepList > .option-list--option { padding: 0 1; }
    StepList > .option-list--option-disabled { color: $foreground 60%; text-style: bold; }
    """

    steps: reactive[tuple[Step, ...]] = reactive(())
    states: reactive[Mapping[str, StepState]] = reactive(dict)
    current: reactive[str] = reactive("")
    tasks: reactive[Mapping[str, Verdict]] = reactive(dict)

    class Chosen(Message):
        def __init__(self, slug: str) -> None:
            super().__init__()
            self.slug = slug

    def watch_steps(self) -> None:
        self._rebuild()

    def watch_states(self) -> None:
        self._redraw()

    def watch_tasks(self) -> None:
        self._redraw()

    def watch_current(self) -> None:
        self._redraw()
        if self.current in self._id_to_option:
            self.highlighted = self.get_option_index(self.current)

    def on_resize(self) -> None:
        self._redraw()

    def _rebuild(self) -> None:
        options: list[Option] = []
        bonus = False
        for step in self.steps:
            if step.bonus and not bonus:
                bonus = True
                options.append(Option(Content("\nBonus"), disabled=True))
            options.append(Option(self._prompt(step), id=step.slug))
        self.set_options(options)

    def _redraw(self) -> None:
        if [option.id for option in self.options if option.id] != [step.slug for step in self.steps]:
            self._rebuild()
            return
        for step in self.steps:
            prompt = self._prompt(step)
            option = self.get_option(step.slug)
            if option.prompt is prompt or (isinstance(option.prompt, Content) and option.prompt.is_same(prompt)):
                continue
            self.replace_option_prompt(step.slug, prompt)

    def _prompt(self, step: Step) -> Content:
        state = self.states.get(step.slug, StepState.TODO)
        mark = STEP[state]
        here = step.slug == self.current
        width = max(room_of(self) - 2, 16)
        front = Content.assemble((f"{mark.sign} ", f"bold {mark.style}"), (f"{step.number:>2} ", "$foreground 60%"))
        lines = [
            hanging(front, Content.styled(step.title, "bold" if here else ""), width),
            Content.styled(f"     {mark.word}", mark.style),
        ]
        if here:
            for task in step.tasks:
                verdict = self.tasks.get(task.id)
                sign = VERDICT[verdict] if verdict is not None else STEP[StepState.TODO]
                front = Content.styled(f"     {sign.sign} ", sign.style)
                lines.append(hanging(front, Content.styled(task.title.replace("kube/", ""), "$foreground 75%"), width))
        return Content("\n").join(lines)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id:
            self.post_message(self.Chosen(event.option_id))
