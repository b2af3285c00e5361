"""The practice cluster: a daemon that speaks the Kubernetes API and runs images' stand-ins as local processes.

Imports `tutor.kube` alone. Knows nothing of the exercise but the names of images that it can run.
"""
