"""What a report must not carry: the home folder, the user's and the machine's name, tokens, keys, certificates.

Works on text alone, so that everything passes through it: messages, recorded commands, events, manifests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LEFT_OUT = "(left out)"
SHORTEST_NAME = 3
"""Letters. Shorter names are parts of too many words, and say as little."""

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_USERINFO = re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+@")
_OPTION = re.compile(r"(--(?:token|password|as|username|client-key|client-certificate)(?:=|\s+))\S+")
_SECRET_KEY = re.compile(
    r"""(?imx)
    ^(\s*(?:-\s+)?["']?
      [\w.-]*(?:token|password|passwd|secret|credential|private[-_]?key|api[-_]?key|access[-_]?key
               |(?:certificate|key)(?:-authority)?-data)[\w.-]*
      ["']?\s*[:=]\s*)
    (?!\s*$)(?![|>&]|\{|\[)(.+?)(\s*)$"""
)
_NAMED_VALUE = re.compile(
    r"""(?imx)
    (name:\s*["']?[\w.-]*(?:token|password|passwd|secret|credential|api_?key|access_?key)[\w.-]*["']?\s*,?\s*
     value:\s*)
    ([^\s,}][^\n,}]*)"""
)
_WHOLE = re.compile(r"""(?m)["']?\bkind["']?\s*:\s*["']?(Secret|Config)\b(?!Map)""")
"""Objects that are secret as a whole: a Secret, a kubeconfig."""
_LONG_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{80,}={0,2}")


@dataclass(frozen=True, slots=True)
class Machine:
    """What is known of the person and the machine, so that it can be left out."""

    home: str
    user: str
    host: str


class Redactor:
    """Takes out of a text what must not leave this machine."""

    def __init__(self, machine: Machine, spare: Iterable[str] = ()) -> None:
        """`spare`: texts of the course. A user's name that is one of their words ("user", "admin") is left there."""
        self._rules: list[tuple[re.Pattern[str], str]] = []
        home = machine.home.rstrip("/\\")
        if len(home) > 1:
            for form in dict.fromkeys((home, home.replace("\\", "/"), home.replace("\\", "\\\\"))):
                self._rules.append((re.compile(re.escape(form) + r"(?![\w.-])"), "~"))
        words = {word.lower() for text in spare for word in re.findall(r"[\w.-]+|\w+", text)}
        words |= {part for word in words for part in re.split(r"[.-]", word)}
        for name, instead in (
            (machine.user, "learner"),
            (machine.host, "machine"),
            (machine.host.split(".")[0], "machine"),
        ):
            if len(name) >= SHORTEST_NAME and name.lower() not in words and name.lower() != "localhost":
                self._rules.append((re.compile(rf"(?i)(?<![^\W_]){re.escape(name)}(?![^\W_])"), instead))
        self._rules.append(
            (re.compile(r"(?i)(/home/|/Users/|[A-Z]:[\\/]+Users[\\/]+)(?!learner\b)[^/\\\s:\"']+"), r"\1learner")
        )

    def text(self, text: str) -> str:
        """Any text without what must not be in it."""
        text = _PEM.sub(LEFT_OUT, text)
        text = _JWT.sub(LEFT_OUT, text)
        text = _BEARER.sub(rf"\1 {LEFT_OUT}", text)
        text = _USERINFO.sub("", text)
        text = _OPTION.sub(rf"\1{LEFT_OUT}", text)
        text = _LONG_BASE64.sub(LEFT_OUT, text)
        for pattern, instead in self._rules:
            text = pattern.sub(instead, text)
        return text

    def manifest(self, text: str) -> str | None:
        """A learner's file without the values of settings that are named like a secret; None for a file that holds
        a Secret or is a kubeconfig, which is left out whole."""
        if _WHOLE.search(text):
            return None
        text = _SECRET_KEY.sub(rf"\1{LEFT_OUT}\3", text)
        text = _NAMED_VALUE.sub(rf"\1{LEFT_OUT}", text)
        return self.text(text)
