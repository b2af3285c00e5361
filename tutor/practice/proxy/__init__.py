"""The cluster's network on 127.0.0.1: pods' virtual addresses, Service names, NodePorts, the pods' way out.

Routes only by what the store says (Services, EndpointSlices); opens no connection beyond this machine.
Reading order: `network` (virtual address → local port), `services` (name → ready endpoint), `forward_proxy` (the pods'
way out), `node_ports` (the learner's way in), `api_proxy` (the API server's service and pod proxy).
"""
