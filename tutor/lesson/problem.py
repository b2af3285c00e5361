"""What stops a command before it can begin: a sentence for the learner that says what to do next."""

from __future__ import annotations


class Problem(Exception):
    """Raised by the use cases for what a learner or a machine caused; its text is shown as it is."""
