"""What the app can do for the learner here, each with its key."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive

from tutor.ui.widgets.chip import Chip


class ActionBar(Horizontal):
    """The actions that make sense in this step; the one that the step is about stands out."""

    DEFAULT_CSS = """
    ActionBar { height: 1; background: $panel; overflow-x: auto; scrollbar-size: 0 0; }
    ActionBar > Chip { margin: 0; }
    """

    apply: reactive[bool] = reactive(True)
    crash: reactive[bool] = reactive(False)
    roll: reactive[bool] = reactive(False)
    wanted: reactive[str] = reactive("")
    """The action that the step is about: "crash", "roll:2.0.0", "roll:1.0.0" or "" (its files)."""
    traffic: reactive[bool] = reactive(False)

    def compose(self) -> ComposeResult:
        yield Chip("Apply", "a", "act('apply')", id="do-apply")
        yield Chip("Crash", "x", "act('crash')", id="do-crash")
        yield Chip("Roll 2.0.0", "u", "act('roll:2.0.0')", id="do-roll")
        yield Chip("Roll 1.0.0", "b", "act('roll:1.0.0')", id="do-back")
        yield Chip("Hint", "h", "hint", id="do-hint")
        yield Chip("Docs", "o", "docs", id="do-docs")
        yield Chip("Traffic", "t", "traffic", id="do-traffic")

    def on_mount(self) -> None:
        self._draw()

    def watch_apply(self) -> None:
        self._draw()

    def watch_crash(self) -> None:
        self._draw()

    def watch_roll(self) -> None:
        self._draw()

    def watch_wanted(self) -> None:
        self._draw()

    def watch_traffic(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.children:
            return
        shown = {
            "do-apply": self.apply,
            "do-crash": self.crash,
            "do-roll": self.roll,
            "do-back": self.roll,
            "do-hint": not self.crash,
            "do-docs": not self.crash,
            "do-traffic": self.crash,
        }
        wanted = {"crash": "do-crash", "roll:2.0.0": "do-roll", "roll:1.0.0": "do-back"}.get(self.wanted, "do-apply")
        for name, visible in shown.items():
            chip = self.query_one(f"#{name}", Chip)
            chip.display = visible
            chip.set_class(name == wanted, "-wanted")
        self.query_one("#do-traffic", Chip).label = "Traffic on" if self.traffic else "Traffic off"
