"""The clipboard: what is said of it is true whatever the terminal does."""

from __future__ import annotations

import sys

import pytest

from tests.ui.conftest import Opened
from tests.ui.fake_lesson import GATEWAY
from tests.ui.screen_text import screen_text, settled, until
from tutor.ui.copying import copied, copier, told

COMMAND = f"kubectl apply -f {GATEWAY}"


@pytest.mark.parametrize(
    ("platform", "environment", "there", "expected"),
    [
        ("darwin", {}, {"pbcopy"}, "pbcopy"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, {"wl-copy", "xclip"}, "wl-copy"),
        ("linux", {"DISPLAY": ":0"}, {"wl-copy", "xsel"}, "xsel"),
        ("linux", {"DISPLAY": ":0"}, set(), None),
        ("linux", {}, {"wl-copy", "xclip", "xsel"}, None),
        ("darwin", {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, {"pbcopy"}, None),
        ("linux", {"SSH_TTY": "/dev/pts/0", "DISPLAY": "localhost:10"}, {"xclip"}, None),
        ("win32", {}, {"pbcopy"}, None),
    ],
)
def test_the_command_of_the_system_the_learner_sits_at(
    platform: str, environment: dict[str, str], there: set[str], expected: str | None
) -> None:
    command = copier(platform, environment, lambda name: name if name in there else None)
    assert (command[0] if command else None) == expected


def test_a_text_is_copied_where_the_command_took_it() -> None:
    takes = "import sys; sys.exit(sys.stdin.buffer.read() != 'ä\\nb'.encode())"
    assert copied((sys.executable, "-c", takes), "ä\nb") is True
    assert copied((sys.executable, "-c", takes), "else") is False
    assert copied(("no-such-command",), "a") is False


def test_a_long_text_is_told_in_a_line() -> None:
    assert told("a\nb", sure=True) == "Copied: a …"
    assert told("x" * 100, sure=True) == f"Copied: {'x' * 60} …"
    assert told("", sure=True) == "Copied: "


@pytest.mark.parametrize("keys", [("y", "enter"), ("k",)])
async def test_what_only_the_terminal_was_asked_for_is_not_called_copied(opened: Opened, keys: tuple[str, ...]) -> None:
    async with opened(80, 24) as pilot:
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        pilot.app.copy_to_clipboard(COMMAND)
        await until(pilot, lambda: "Sent to your terminal's clipboard" in screen_text(pilot.app))
        text = await settled(pilot)
        assert "press m" in text
        assert "Copied" not in text


async def test_what_the_system_took_is_called_copied(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.copying.copier", lambda *_: ("xclip",))
    taken: list[tuple[tuple[str, ...], str]] = []

    def take(command: tuple[str, ...], text: str) -> bool:
        taken.append((command, text))
        return True

    monkeypatch.setattr("tutor.ui.copying.copied", take)
    async with opened(80, 24) as pilot:
        await pilot.press("y")
        await settled(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: f"Copied: {COMMAND}" in screen_text(pilot.app))
        assert taken == [(("xclip",), COMMAND)]
