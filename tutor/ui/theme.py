"""The two themes: a dark one, and a light one for bright rooms and projectors."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = Theme(
    name="homics-dark",
    primary="#6EA3FF",
    secondary="#43609C",
    accent="#BE9BFF",
    warning="#F0B84D",
    error="#FF7A85",
    success="#63D68F",
    foreground="#DDE5F3",
    background="#0F1522",
    surface="#151D2E",
    panel="#1E2940",
    boost="#24314D",
    dark=True,
    variables={
        "block-cursor-foreground": "#F4F7FD",
        "block-cursor-background": "#2C4475",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#1E2940",
        "block-cursor-blurred-foreground": "#DDE5F3",
        "footer-key-foreground": "#6EA3FF",
        "footer-background": "#1E2940",
        "border": "#6EA3FF",
        "border-blurred": "#2C3A58",
        "link-color": "#8FB8FF",
        "link-style": "underline",
        "scrollbar": "#2C3A58",
        "scrollbar-background": "#151D2E",
        "scrollbar-hover": "#3C4F78",
        "scrollbar-active": "#6EA3FF",
        "scrollbar-background-hover": "#151D2E",
        "scrollbar-background-active": "#151D2E",
        "scrollbar-corner-color": "#151D2E",
    },
)

LIGHT = Theme(
    name="homics-light",
    primary="#1F55C4",
    secondary="#8DA6D8",
    accent="#6A35C9",
    warning="#8F5400",
    error="#B8202F",
    success="#14713F",
    foreground="#1A2334",
    background="#FBFCFE",
    surface="#F1F4FA",
    panel="#E1E8F4",
    boost="#D5DFF0",
    dark=False,
    variables={
        "block-cursor-foreground": "#0F1B33",
        "block-cursor-background": "#BBD0F7",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#E1E8F4",
        "block-cursor-blurred-foreground": "#1A2334",
        "footer-key-foreground": "#1F55C4",
        "footer-background": "#E1E8F4",
        "border": "#1F55C4",
        "border-blurred": "#C3CFE4",
        "link-color": "#1F55C4",
        "link-style": "underline",
        "scrollbar": "#C3CFE4",
        "scrollbar-background": "#F1F4FA",
        "scrollbar-hover": "#A8BADB",
        "scrollbar-active": "#1F55C4",
        "scrollbar-background-hover": "#F1F4FA",
        "scrollbar-background-active": "#F1F4FA",
        "scrollbar-corner-color": "#F1F4FA",
    },
)

THEMES = (DARK, LIGHT)


def first_theme(environment: Mapping[str, str]) -> str:
    """The theme to begin with: light where the terminal says that its background is (`COLORFGBG`, e.g. "0;15")."""
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in ("7", "15") else DARK.name
