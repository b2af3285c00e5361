"""Instructor mode: the menu of what can be done, the reference beside the learner's file, the view for the wall.

Reading order: choices (what the menu offers), menu, carrying_out, reference (also for learners, after the step).
"""
