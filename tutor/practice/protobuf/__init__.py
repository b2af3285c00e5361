"""Request bodies in protobuf, which compiled clients (kubectl create, client-go) send for the built-in kinds.

Decodes alone: answers are JSON, which those clients accept as well. Stdlib only, no IO but its own table.
Read in this order: table, wire, decoder.
"""

from tutor.practice.protobuf.decoder import decode

__all__ = ["decode"]
