"""Rules about what happened and what the application answers: the timeline and the lesson's own requests.

Edges count from the moment at which the step began. No IO, no clock.
"""
