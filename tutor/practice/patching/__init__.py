"""The four forms of PATCH as pure functions: strategic merge, merge, JSON patch, and server-side apply.

Objects in, a new object out; no IO, no clock. Read in this order: merge, operations, strategic, then field_set,
compare, managed and apply.
"""
