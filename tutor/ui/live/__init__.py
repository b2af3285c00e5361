"""The live view: pods, Services, Events, and the traffic on one axis of time with the pods.

Read `panel.py` first. Everything that is drawn is computed in `tutor/core` (rows, lanes, words) as lines of spans;
here they get their styles and their place. Nothing here asks a cluster or the disk.
"""
