"""The marketplace's applications as small programs: same names, ports, routes, pages and failures as the images.

Runs inside a pod's own process, so it loads the standard library alone (a test looks at `sys.modules`) and starts
in well under 100 ms. Nothing here may import the rest of the practice cluster.

Reading order: `configuration` (what the kubelet hands over), `lifeline` (end with the daemon), `http_server`,
`outgoing` (all traffic leaves through the daemon's forward proxy), then one module an application.
"""
