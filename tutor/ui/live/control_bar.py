"""The line that says which moment is shown, with the keys to move through the recording as places to click."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.core.calls import clock_time
from tutor.core.pictures.drawing import Glyphs, fit
from tutor.core.pictures.playback import Mode, Playback
from tutor.ui.live.keys import BUTTONS

FEWEST = 5
"""Keys that stay to be clicked beside what is said of a moment: to hold it, to go on live, to go through the others."""
READABLE = 20
"""Cells that what is said keeps beside them."""
SPEED_WORDS = {0.25: "1/4 speed", 1.0: "real speed", 4.0: "4 x speed"}


class ControlBar(Static):
    DEFAULT_CSS = """
    ControlBar {
        height: 1;
        width: 1fr;
        background: $panel;
        link-style: none;
        link-color: $foreground;
        link-background-hover: $primary-muted;
        link-color-hover: $foreground;
        link-style-hover: bold;
    }
    """

    _shown: tuple[object, ...] = ()

    class Pressed(Message):
        """`action`: of the panel."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def action_press(self, index: int) -> None:
        self.post_message(self.Pressed(BUTTONS[index].action))

    def say(self, playback: Playback, at: float, per_cell: float, said: str, width: int, glyphs: Glyphs) -> None:
        """`said`: what the learner should know of this moment, or of the calls; may be empty."""
        shown = (playback, 0.0 if playback.mode is Mode.LIVE else int(at), per_cell, said, width)
        if shown == self._shown:
            return
        self._shown = shown
        mode = _mode(playback, at, glyphs)
        parts = [mode]
        cell = Content.styled(f"  {per_cell:g} s a cell", "$text-muted")
        keys = _row(0, 1, playback, glyphs).cell_length
        if width >= 100 or (per_cell != 1 and mode.cell_length + cell.cell_length + keys <= width):
            parts.append(cell)
        if said:
            said = said.replace("…", glyphs.ellipsis)
            room = width - sum(part.cell_length for part in parts) - 2
            first = _row(0, 1, playback, glyphs, FEWEST).cell_length
            room -= first if room - first >= READABLE else 0
            parts.append(Content.styled(f"  {fit(said, min(room, len(said)), glyphs)}", "$text-warning"))
        used = sum(part.cell_length for part in parts)
        parts.append(_buttons(width - used, playback, glyphs))
        self.update(Content("").join(parts), layout=False)


def _mode(playback: Playback, at: float, glyphs: Glyphs) -> Content:
    time = clock_time(at)
    match playback.mode:
        case Mode.LIVE:
            # Without the time, which the axis tells: so the line need not be drawn each second.
            return Content.styled(f"{glyphs.pod_ready} live", "bold $text-success")
        case Mode.PAUSED:
            return Content.styled(f"{glyphs.held} held at {time}", "bold $text-warning")
        case Mode.REPLAY:
            words = f"{glyphs.play} replay, {SPEED_WORDS[playback.speed]}"
            return Content.assemble((words, "bold $text-accent"), f" {time}")


def _buttons(width: int, playback: Playback, glyphs: Glyphs) -> Content:
    """The keys with as many words as there is room for; the words of the last keys go first."""
    row = _row(len(BUTTONS), 0, playback, glyphs)
    if row.cell_length <= width:
        return row
    for worded in range(len(BUTTONS), 0, -1):
        row = _row(worded, 1, playback, glyphs)
        if row.cell_length <= width:
            return row
    for count in range(len(BUTTONS), FEWEST - 1, -1):
        row = _row(0, 1, playback, glyphs, count)
        if row.cell_length <= width:
            return row
    return Content("")


def _row(worded: int, short: int, playback: Playback, glyphs: Glyphs, count: int = len(BUTTONS)) -> Content:
    """The first `count` keys, with words for the first `worded`; `short`: 0 all words, 1 fewer."""
    found = [Content("  ")]
    for index, key in enumerate(BUTTONS[:count]):
        word = (key.short if short else key.words) if index < worded else ""
        if key.key == "space" and playback.mode is Mode.PAUSED:
            word = word and "live"
        elif key.key == "r" and playback.mode is Mode.REPLAY:
            word = word and "speed"
        elif key.key == "l" and playback.mode is not Mode.REPLAY:
            continue
        sign = key.shown if key.shown.isascii() or not glyphs.play.isascii() else key.key
        button = Content.assemble((sign, "bold $text-primary"), f" {word}" if word else "")
        found.append(button.stylize(f"@click=press({index})"))
        found.append(Content("  " if word and not short else " "))
    return Content("").join(found[:-1])
