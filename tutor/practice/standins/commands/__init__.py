"""The built-in command set of exec and of containers that override their command. Nothing of the host is run or read.

Pure of where it runs: a `Shell` is given its files, environment and network. Standard library alone.
"""
