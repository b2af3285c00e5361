"""`homics-tutor check [STEP]`: the verdict of a step by its exit code, its findings as text or JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from tutor.checks.evaluate import Evaluation, StepVerdict
from tutor.cli.options import common, settings_from
from tutor.cli.print_findings import evaluation_lines
from tutor.cli.saying import complain, say, terminal_width
from tutor.cli.stopping import interruptible

EXIT_CODES = {StepVerdict.PASSED: 0, StepVerdict.NOT_YET: 1, StepVerdict.COULD_NOT_CHECK: 2}


@click.command("check")
@click.argument("step", required=False)
@click.option("--offline", is_flag=True, help="The files alone, no cluster.")
@click.option(
    "--wait", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Keep checking until it passes."
)
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", help="How to print the findings."
)
@common
@click.pass_context
def command(ctx: click.Context, /, step: str | None, offline: bool, wait: float, style: str, **options: Any) -> None:
    """Check a step (default: the one where you are).

    Exit code 0: passed. 1: not yet. 2: could not check.
    """
    from tutor.lesson.check_once import check_files, check_live
    from tutor.lesson.problem import Problem

    settings, told = settings_from(ctx, options), list[str]()
    try:
        with interruptible("Stopped before there was a verdict."):
            if offline:
                evaluation = check_files(settings, step, wait=wait, tell=told.append)
            else:
                import asyncio

                evaluation = asyncio.run(check_live(settings, step, wait=wait, tell=told.append))
    except Problem as problem:
        if style == "json":
            click.echo(_problem_json(step, problem))
        else:
            complain(problem)
        ctx.exit(2)
    for message in told:
        complain(message, name=False)
    if style == "json":
        click.echo(as_json(evaluation))
    else:
        for line in evaluation_lines(evaluation, terminal_width(sys.stdout)):
            click.echo(line)
        if offline and evaluation.verdict is StepVerdict.PASSED:
            say("The files are right; the cluster was not asked.")
    ctx.exit(EXIT_CODES[evaluation.verdict])


def as_json(evaluation: Evaluation) -> str:
    """The contract's JSON: step, verdict, findings."""
    findings = [asdict(finding) for finding in evaluation.findings]
    return json.dumps({"step": evaluation.step, "verdict": evaluation.verdict, "findings": findings}, indent=2)


def _problem_json(step: str | None, problem: Exception) -> str:
    finding = {
        "rule": "tutor",
        "verdict": "unknown",
        "severity": "error",
        "message": str(problem),
        **dict.fromkeys(("found", "expected", "hint", "file", "path", "source"), ""),
        "line": None,
        "column": None,
    }
    return json.dumps({"step": step or "", "verdict": StepVerdict.COULD_NOT_CHECK, "findings": [finding]}, indent=2)
