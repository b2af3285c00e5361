"""What a learner sees of a defect of the tutor: one sentence and where the details are."""

from __future__ import annotations

import errno
import sys
import traceback


def no_room(error: BaseException) -> str:
    """The system's words where nothing more could be written, which is no defect of the tutor; else ""."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    full = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return error.strerror or "" if isinstance(error, OSError) and error.errno in full else ""


def report_defect(error: BaseException) -> int:
    """Write the traceback to a log file in the state folder, one sentence to stderr. Returns the exit code, 2."""
    from tutor.content.state import state_root

    details = "".join(traceback.format_exception(error))
    where = ""
    try:
        log = state_root() / "defects.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(details + "\n")
        where = f" The details are in {log}."
    except OSError as failed:
        where = f" The details could not be written ({failed.strerror})."
    print(
        f"homics-tutor: a defect of the tutor stopped this command ({type(error).__name__}: {error})."
        f" Your files and your progress are as they were.{where}",
        file=sys.stderr,
    )
    return 2
