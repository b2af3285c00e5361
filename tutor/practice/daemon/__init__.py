"""The practice cluster's one process: store, API server, controllers and node, on one event loop.

`python -m tutor.practice.daemon FOLDER PORT`; started by `tutor/practice/life`, which waits for its first line.
Reading order: `__main__`, `run` (the process), `cluster` (its parts), `objects_file` (what survives it), `control_api`.
"""
