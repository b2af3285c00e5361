"""Why the practice cluster cannot do what was asked; each text says what to do next.

PracticeError
├── FolderUnusable   its folder cannot be made, read or written
├── BadPort          HOMICS_PORT is no port
├── PortBusy         another program listens on its port
├── NotAnswering     a daemon runs but does not answer
└── StartFailed      the daemon ended while it started
"""

from __future__ import annotations


class PracticeError(Exception):
    """The text is for the learner."""


class FolderUnusable(PracticeError):
    pass


class BadPort(PracticeError):
    pass


class PortBusy(PracticeError):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"The practice cluster cannot start: another program on this machine uses port {port}."
            " Stop that program, or choose another port, for example: HOMICS_PORT="
            f"{port + 1 if port < 65535 else port - 1} homics-tutor cluster start"
        )


class NotAnswering(PracticeError):
    def __init__(self, pid: int) -> None:
        super().__init__(
            f"The practice cluster runs (process {pid}) but does not answer."
            " End it with: homics-tutor cluster stop. Then start it again; your objects are kept."
        )


class StartFailed(PracticeError):
    pass
