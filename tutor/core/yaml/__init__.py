"""YAML with the place of everything, and a beginner's explanation of what breaks it.

Reading order: `file_text` (bytes to text), `tree` (nodes with places), `scalars`, `values` (plain data), `errors`, and
the slips that `errors` recognises.
"""
