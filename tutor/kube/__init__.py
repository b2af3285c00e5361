"""Kubernetes' own rules as pure functions: selectors, ports, probes, the STATUS column, quantities, times, schema.

No IO besides reading packaged data, no clock, nothing of the exercise. Imports nothing else of the project.
"""
