"""How much room a widget has, also before it was on the screen for the first time."""

from __future__ import annotations

from textual.widget import Widget


def room_of(widget: Widget) -> int:
    """Cells of a line of a widget that scrolls; before it is laid out, those that its place will give it.

    What is wrapped by this width is right when it is first seen, and needs not be wrapped again before one's eyes.
    """
    if widget.size.width:
        return widget.scrollable_content_region.width
    places = (place for place in widget.ancestors if isinstance(place, Widget))
    return next((place.size.width for place in places if place.size.width), 0)
