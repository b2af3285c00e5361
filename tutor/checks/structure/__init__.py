"""One document against the schema of the API server, in a learner's words, for `checks/manifest/known_structure`.

Reading order: kinds (apiVersion and kind), unknown_fields and where (which name or place was meant), wrong_types,
refused_values (names, ranges, required fields) and causes (one finding for what has one cause); words has the nouns.
Nothing here is a rule; nothing asks a cluster.
"""
