"""pods/exec and pods/portforward on the wire: websocket channels, SPDY/3.1 raw and inside a websocket.

Knows the protocols and no rule of Kubernetes: what runs is the kubelet's, where bytes go is the pod network's.
Reading order: `handlers` (what the API mounts), `exec_run`, `exec_websocket`, `spdy_frames` (pure), `spdy_session`,
`spdy_transport`, `port_forward`.
"""
