"""All keys, in one column or two: as many as there is room for."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.ui.keys import FOCUS_HELP, GROUPS, KEYS
from tutor.ui.live.keys import live_help
from tutor.ui.widgets.hanging import hanging

FRONT = 6


class KeyGroup(Static):
    """The keys of one group, wrapped beside their names."""

    DEFAULT_CSS = """
    KeyGroup { height: auto; padding: 0 2 1 2; }
    """

    def __init__(self, title: str, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.title = title
        self.keys = keys

    def on_resize(self) -> None:
        lines = [Content.styled(self.title, "bold $text-primary")]
        for key, text in self.keys:
            front = Content.styled(f"{key:<{max(FRONT, len(key) + 1)}}", "bold $text-primary")
            lines.append(hanging(front, Content(text), self.content_size.width))
        self.update(Content("\n").join(lines))


class KeyHelp(VerticalScroll, can_focus=True):
    DEFAULT_CSS = """
    KeyHelp { height: 1fr; scrollbar-size-vertical: 1; padding-top: 1; }
    KeyHelp VerticalGroup { width: 1fr; }
    KeyHelp.-one HorizontalGroup { layout: vertical; }
    """

    def compose(self) -> ComposeResult:
        groups = [
            KeyGroup(title, tuple((key.shown, key.help) for key in KEYS if key.group == title) + extra)
            for title, extra in ((title, FOCUS_HELP if title == GROUPS[-1] else ()) for title in GROUPS)
        ]
        live = KeyGroup("The live view, when you are in it", live_help())
        with HorizontalGroup():
            yield VerticalGroup(*groups[:2], live)
            yield VerticalGroup(*groups[2:])

    def on_resize(self) -> None:
        self.set_class(self.size.width < 90, "-one")
