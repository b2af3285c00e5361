"""The controllers: each compares what is asked for with what is there, and does the next step.

A controller is a pure `plan` (objects and a time in, what to do out; no store, no clock) and a thin `reconcile` that
carries the plan out on the store. The store is read directly, never through a cache, so a plan always sees what the
step before has written.
Reading order: `loop` (changes → keys → reconcile), `replicaset_plan`, `replicaset`, `deployment_plan` and its parts,
`deployment`, `endpoints_plan`, `slices_plan`, `endpoints`, `scheduler_plan`, `scheduler`, `garbage_collector`,
`namespace`, `autoscaler_plan`, `autoscaler`, `recorder`, `first_objects`.
"""
