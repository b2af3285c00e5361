"""A learner's object beside another one: what differs, and which differences matter. Objects, never text."""
