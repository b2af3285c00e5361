"""A crash told by its pod and the calls of its time: how long READY was down, what failed, and when it was over."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.evidence import Restart, clock_time, error_words, errors, gap_within, hole
from tutor.core.gateway import of_the_gateway
from tutor.core.timeline import Answered, Timeline


def story(timeline: Timeline, restart: Restart, made: Sequence[Answered], back: float | None) -> str:
    """ "Restart 0→1 of user-…-pzkv5 at 14:02:11, 0/1 for 9.4 s, 7 errors (7 x http-500) in 9.0 s, until …".

    `made`: the calls from shortly before READY went down. `back`: since when they were answered again.
    """
    text = f"Restart {restart.before}→{restart.after} of {restart.pod} at {clock_time(restart.at)}"
    text += _outage(timeline, restart)
    if not made:
        return f"{text}. The version was not asked for at that time."
    if back is None:
        return f"{text}. When its program answered again was not seen."
    # What failed before the last answer, such as the start of the program, was over by then.
    last = max((call.at for call in made if not call.error and call.at < restart.start), default=0.0)
    failed = [call for call in errors(made) if last < call.at < back]
    if not failed:
        return f"{text}, and no call failed."
    text += f", {error_words(failed)} in {back - failed[0].at:.1f} s, until the program answered again at"
    text += f" {clock_time(back)}."
    if gateways := of_the_gateway(timeline, failed):
        text += f" {len(gateways)} of them did not reach the gateway itself."
    silent = hole([call for call in made if failed[0].at <= call.at <= back], failed[0].at, back)
    if silent is not None:
        text += f" Nobody asked from {clock_time(silent[0])} to {clock_time(silent[1])}."
    return text


def _outage(timeline: Timeline, restart: Restart) -> str:
    if restart.outage is None or restart.ready_again_at is None:
        return ", 0/1 too short to be seen"
    gap = gap_within(timeline, restart.start, restart.ready_again_at)
    if gap is None:
        return f", 0/1 for {restart.outage:.1f} s"
    return f", 0/1 for at most {restart.outage:.1f} s ({gap.reason} from {clock_time(gap.start)} on)"
