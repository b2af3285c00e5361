"""The keys of the live view: its bindings, the places to click and the help are made from this one table."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class LiveKey:
    key: str
    """As Textual names it."""
    shown: str
    action: str
    """Of the panel."""
    words: str
    """Beside the key where there is room; empty together with `short`: the words of its neighbour tell."""
    short: str
    help: str


BUTTONS: tuple[LiveKey, ...] = (
    LiveKey("space", "space", "pause", "hold", "hold", "Hold the moment; once more goes on live."),
    LiveKey("left", "←", "scroll(-1)", "back", "", "Back in time."),
    LiveKey("right", "→", "scroll(1)", "on", "move", "On in time, at last to now."),
    LiveKey("comma", ",", "jump(-1)", "change before", "", "To the change before this moment."),
    LiveKey("full_stop", ".", "jump(1)", "next change", "changes", "To the next change."),
    LiveKey(
        "r", "r", "replay", "replay slowly", "replay", "What happened last once more, slowly; again: another speed."
    ),
    LiveKey("l", "l", "live", "live", "live", "To now."),
    LiveKey("plus,equals_sign", "+", "zoom(-1)", "", "", "Less time, more closely."),
    LiveKey("minus", "-", "zoom(1)", "zoom", "zoom", "More time."),
    LiveKey("ctrl+s", "^s", "export('svg')", "save picture", "save", "Save what is shown as a picture."),
)
OTHERS: tuple[LiveKey, ...] = (
    LiveKey("ctrl+t", "^t", "export('text')", "", "", "Save what is shown as text."),
    LiveKey("up", "↑", "rows(-1)", "", "", "Scroll the pods."),
    LiveKey("down", "↓", "rows(1)", "", "", "Scroll the pods."),
    LiveKey("pageup", "PgUp", "rows(-10)", "", "", "Scroll the pods by ten."),
    LiveKey("pagedown", "PgDn", "rows(10)", "", "", "Scroll the pods by ten."),
)


def live_bindings() -> list[Binding]:
    return [Binding(key.key, key.action, key.help, show=False, key_display=key.shown) for key in (*BUTTONS, *OTHERS)]


def live_help() -> tuple[tuple[str, str], ...]:
    """(key, what it does), for the help."""
    return tuple((key.shown, key.help) for key in (*BUTTONS, *OTHERS[:1]))
