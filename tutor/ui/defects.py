"""What a learner reads of a defect of the tutor while the app goes on."""

from __future__ import annotations


def defect_sentence(what: str, error: BaseException) -> str:
    """`what` did not work, why, and that nothing is lost."""
    detail = "; ".join(dict.fromkeys(str(cause) or type(cause).__name__ for cause in _causes(error)))
    return f"{what} ({detail}). This is a defect of the tutor; your files and your progress are as they were."


def _causes(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [cause for part in error.exceptions for cause in _causes(part)]
    return [error]
