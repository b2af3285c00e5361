"""What is said for a while (Textual's notifications): the newest word alone, and no row for what is gone.

Textual leaves an empty row where a toast is taken away before its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.notifications import Notification
from textual.screen import Screen
from textual.widgets._toast import Toast, ToastHolder, ToastRack

BELOW = "-below"
"""The class of a screen below another one: its words are not drawn (lesson.tcss)."""


def make_room_for(app: App[Any], new: Notification) -> None:
    """The newest word takes the place of the one before it; what went wrong stays beside it, each once."""
    _take_back(app, lambda said: _is_news(said) or (said.title, said.message) == (new.title, new.message))
    app.call_later(_make_room_below, app)


def overtaken(app: App[Any]) -> None:
    """The learner went on: what was only information is old. What went wrong stays its time."""
    _take_back(app, _is_news)


def _is_news(said: Notification) -> bool:
    """Only information; what went wrong is more."""
    return said.severity == "information"


def _take_back(app: App[Any], old: Callable[[Notification], bool]) -> None:
    for said in list(app._notifications):
        if old(said):
            app._unnotify(said, refresh=False)
    _sweep_all(app)


def put_away(app: App[Any]) -> None:
    app.clear_notifications()
    _sweep_all(app)


def _sweep_all(app: App[Any]) -> None:
    for screen in app.screen_stack:
        sweep(screen)


def sweep(screen: Screen[Any]) -> None:
    """Take away the rows of what is said no more."""
    for holder in screen.query(ToastHolder):
        if not any(toast._notification in screen.app._notifications for toast in holder.query(Toast)):
            holder.remove()


def hide(screen: Screen[Any]) -> None:
    """On a screen that is not on top: what is said is said by the one that is. The rows stay free for it."""
    screen.add_class(BELOW)


def show_again(screen: Screen[Any]) -> None:
    """The screen is on top again."""
    screen.remove_class(BELOW)
    sweep(screen)


def _make_room_below(app: App[Any]) -> None:
    """Where a dialog is open, its words lie over the screen below: they take rows there, too."""
    for screen in app.screen_stack[:-1]:
        for rack in screen.query(ToastRack):
            if screen.has_class(BELOW):
                rack.show(app._notifications)
