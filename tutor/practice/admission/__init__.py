"""What the API server adds to new objects of its own accord, whoever creates them: the service account and status of
pods, addresses and node ports of Services, the life of namespaces. Reads the store, changes nothing in it.
"""
