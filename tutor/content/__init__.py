"""Reads steps, starters and solutions; the learner's workspace and saved progress. The only folder that touches the disk for them."""
