"""The API server's side: connection, context safety, list and watch, apply, dry run, logs, traffic.

The only importer of `kubernetes` and of `httpx`. Speaks plain JSON-shaped dicts to the layers above.
"""
