"""Textual screens and widgets: they render the lesson's state and send intents, and decide nothing."""
