"""Disk, both sides: the course (steps/, starter/, solutions/) and the learner's files, progress and timeline.

No cluster, no Textual, no network. Reading order: locate, schema, loader, workspace, state, progress_file, gate.
"""
