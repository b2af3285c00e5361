"""The command line: options, output and exit codes. The only place that wires the layers together.

Each command is a module of its own, imported when it is called: `check --offline` must not wait for Textual.
"""
