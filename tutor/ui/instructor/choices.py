"""What instructor mode offers in a step, and how it is asked about before a cluster is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tutor.content.stage_backups import Backup
from tutor.core.step import Step
from tutor.lesson.instructor.instructing import FaultView

REFERENCE, APPLY, STAGE, STAGE_FILES, HEAL, PRESENT, LEAVE = (
    "reference",
    "apply",
    "stage",
    "stage-files",
    "heal",
    "present",
    "leave",
)
FAULT, RESTORE = "fault:", "restore:"
"""Beginnings of ids; the fault's name, or the backup's number, follows."""


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    title: str
    detail: str = ""
    """What it does, or the command that it stands for."""
    group: str = ""
    doing: str = ""
    """As the question before it says it: "The tutor is about to …". Empty where no cluster is touched."""


def choices(step: Step, faults: Sequence[FaultView], backups: Sequence[Backup]) -> tuple[Choice, ...]:
    here = f"step {step.number}, {step.title}"
    files = [
        Choice(REFERENCE, "The reference beside the learner's file", "r does the same, Esc comes back", "Show"),
        Choice(
            PRESENT, "Present: the live view full screen, with large figures", "z does the same, Esc comes back", "Show"
        ),
    ]
    if step.files:
        doing = f"apply the reference of {step.slug}"
        files.append(Choice(APPLY, f"Apply the reference of {here}", " ".join(step.files), "Cluster", doing))
    files += [
        Choice(
            STAGE,
            f"Set the stage for {here}",
            "The cluster as it is just before this step. What is there now is kept.",
            "Cluster",
            f"set the stage for {step.slug}",
        ),
        Choice(
            STAGE_FILES,
            "… and the workspace's files with it",
            "homics-tutor reset --undo has the files back.",
            "Cluster",
            f"set the stage for {step.slug} and the workspace's files",
        ),
    ]
    files += [_restoring(backup) for backup in backups if not backup.restored][:3]
    broken = [
        Choice(f"{FAULT}{fault.name}", _capital(fault.title), fault.watch, "Break it", f"inject the fault {fault.name}")
        for fault in faults
    ]
    healing = Choice(
        HEAL, "Take all faults back", "What was there before each fault.", "Break it", "take all faults back"
    )
    return (*files, *broken, healing, Choice(LEAVE, "Leave instructor mode", "", "Mode"))


def _restoring(backup: Backup) -> Choice:
    when = datetime.fromtimestamp(backup.at).strftime("%H:%M:%S")
    where = f"{len(backup.objects)} objects in {backup.context}, namespace {backup.namespace}"
    return Choice(
        f"{RESTORE}{backup.number}",
        f"Have back what was there at {when}, before: {backup.why}",
        where,
        "Cluster",
        f"restore backup {backup.number}",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
