"""The last row: the main keys, each a place to click; those that do not fit whole are left to the help."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class KeyRow(Footer):
    def __init__(self) -> None:
        super().__init__(show_command_palette=False)
        self._composed_for = 0

    def compose(self) -> ComposeResult:
        width = self._composed_for = self.app.size.width
        taken = 0
        for key in super().compose():
            if isinstance(key, FooterKey):
                taken += len(key.key_display) + len(key.description) + (2 if self.compact else 3)
                if taken > width:
                    return
            yield key

    def on_resize(self, event: events.Resize) -> None:
        if self._composed_for != self.app.size.width:
            self.call_after_refresh(self.recompose)
