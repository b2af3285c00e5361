"""The objects of the practice cluster, their versions and the history that watches read.

Knows metadata (names, versions, generations, finalizers, deletion) and nothing of what is in a spec. No IO.
Read in this order: errors, event, shared, deletion, replacement, store, watch.
"""
