"""The line that says which moment is shown, with the keys to move through the recording as places to click."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.core.calls import clock_time
from tutor.core.playback import Mode, Playback

SPEED_WORDS = {0.25: "¼ speed", 1.0: "real speed", 4.0: "4× speed"}
BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("space", "pause", "pause"),
    ("←", "back", "scroll(-1)"),
    ("→", "on", "scroll(1)"),
    (",", "change before", "jump(-1)"),
    (".", "next change", "jump(1)"),
    ("r", "replay", "replay"),
    ("l", "live", "live"),
    ("+", "", "zoom(-1)"),
    ("-", "zoom", "zoom(1)"),
    ("^s", "save", "export('svg')"),
)
SHORT = {"change before": "", "next change": "changes", "back": "", "on": "move"}


class ControlBar(Static):
    DEFAULT_CSS = """
    ControlBar { height: 1; width: 1fr; background: $panel; }
    """

    _said = Content("")

    class Pressed(Message):
        """`action`: of the panel."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def action_press(self, index: int) -> None:
        self.post_message(self.Pressed(BUTTONS[index][2]))

    def say(self, playback: Playback, at: float, per_cell: float, traffic: str, width: int) -> None:
        """`traffic`: a word on the version poll, empty while it runs."""
        parts = [self._mode(playback, at)]
        if traffic:
            parts.append(Content.from_markup(" [$text-warning]$said[/]", said=traffic))
        parts.append(Content.from_markup(" [$text-muted]$zoom s/cell[/] ", zoom=f"{per_cell:g}"))
        used = sum(part.cell_length for part in parts)
        for short in (False, True, None):
            buttons = _buttons(short, playback)
            if used + buttons.cell_length <= width:
                parts.append(buttons)
                break
        said = Content("").join(parts)
        if said != self._said:
            self._said = said
            self.update(said, layout=False)

    def _mode(self, playback: Playback, at: float) -> Content:
        match playback.mode:
            case Mode.LIVE:
                return Content.from_markup("[$text-success b]● live[/] $at", at=clock_time(at))
            case Mode.PAUSED:
                return Content.from_markup("[$text-warning b]‖ held at $at[/]", at=clock_time(at))
            case Mode.REPLAY:
                speed = SPEED_WORDS[playback.speed]
                return Content.from_markup("[$text-accent b]▶ replay, $speed[/] $at", at=clock_time(at), speed=speed)


def _buttons(short: bool | None, playback: Playback) -> Content:
    """All of them with their words, with fewer words, or the keys alone (None)."""
    found = []
    for index, (key, word, _) in enumerate(BUTTONS):
        if word == "pause" and playback.mode is Mode.PAUSED:
            word = "live"
        elif word == "live" and playback.mode is not Mode.REPLAY:
            continue
        elif word == "replay" and playback.mode is Mode.REPLAY:
            word = "speed"
        said = "" if short is None else SHORT.get(word, word) if short else word
        text = f"[b]$key[/] {'$word' if said else ''}".strip()
        action = f"press({index})"
        found.append(Content.from_markup(f"[@click={action}]{text}[/]", key=key, word=said))
    return Content(" ").join(found) if short is None else Content("  ").join(found)
