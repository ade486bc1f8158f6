"""Template of a Docker machine."""

from __future__ import annotations

EDIT = "hardware"
"""What its owner edits first, after the connection."""

BODY = """\
    class: workstation
    arch: amd64
    # Its daemon; unix:///var/run/docker.sock for the local machine.
    connection: ssh://owner@{name}.lan
    # If another machine uses one of its groups: lan_address: 192.168.1.30 (ip -4 addr)
    # Its capacity (nproc, free -m), and the memory reserved for its system.
    cpus: 4
    memory: 8GiB
    memory_reserve: 2GiB
    # Its GPUs, as nvidia-smi lists them: gpus: {{gpu0: {{model: RTX 4070, memory: 12282MiB}}}}
    network: {{name: {network}_internal, subnet: {subnet}}}
  # The groups it runs, one per line: - my-group
  fleet:groups: []
"""
