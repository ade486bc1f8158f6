"""Template of a cluster."""

from __future__ import annotations

EDIT = "node pools"
"""What its owner edits first, after the connection."""

BODY = """\
    class: container-service
    target: kubernetes
    # A context in your kubeconfig (kubectl config get-contexts).
    connection: kubeconfig://{name}
    cluster:
      # The nodes (kubectl get nodes). A pool with GPUs: gpu: {{model: L4, memory: 24GiB}}
      node_pools:
        general: {{nodes: 1, cpus: 4, memory: 15GiB}}
  # The registry that images are pushed to; nodes build none.
  fleet:images: {{registry: ghcr.io/owner/fleet, tag: 0.1.0}}
  # The groups it runs, one per line: - my-group
  fleet:groups: []
"""
