"""The tutor's domain, pure: finding, step, manifest, snapshot, timeline, observation, progress.

No IO, no clock, no Textual, no Kubernetes client. Reading order: finding, step, manifest (over `yaml`), snapshot,
timeline, evidence; then `comparing` (an object beside another) and `pictures` (what the live view draws).
"""
