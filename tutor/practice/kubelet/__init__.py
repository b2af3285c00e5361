"""The node's agent: runs the containers of this node's pods as processes and reports how they fare.

Reads Pods, ConfigMaps, Secrets and Services from the store; writes Pod status and nothing else. No word of a manifest
reaches the host's shell, its file system or a process's environment: containers get their env, files and command as
data on standard input, and only the programs of `tutor/practice/standins` are ever started.

Reading order: `kubelet` (pods in, workers out), `pod_worker` (one pod's life), `container_loop` (one container's),
`pod_status` (pure: records → status), `backoff`, `images`, `environment`, `probe_worker`, `logs`, `process_runtime`.
"""
