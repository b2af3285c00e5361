"""The Kubernetes API over HTTP: what real clients ask, answered from the store.

Reads and writes objects through `tutor.practice.store` alone; logs, exec, port-forward and connections to pods come
from the kubelet. Keeps nothing itself. Read in this order: resources, target, server, then reading and writing.
"""
