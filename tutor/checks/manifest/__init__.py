"""Rules that read the learner's files alone."""
