"""Templates of a machine, by target."""

from __future__ import annotations

from ipaddress import IPv4Network

from fleet.model import Target

_HEAD = """\
# yaml-language-server: $schema=schemas/stack.schema.json
config:
  # Every resource names its provider, so that none comes from the environment.
  pulumi:disable-default-providers: ["*"]
  fleet:machine:
    name: {name}
    title: {title}
"""
_DOCKER = """\
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
_KUBERNETES = """\
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
_CLOUDRUN = """\
    class: container-service
    target: cloudrun
    # The project's id and number (gcloud projects describe).
    connection: gcp://{project}
    cloud:
      project_number: 100000000001
      regions: [us-central1]
      # Overrides of the defaults per group: services: {{my-group: {{size: medium, max_instances: 3}}}}
      budget: {{monthly_usd: 50}}
  # The registry that images are pushed to.
  fleet:images: {{registry: us-central1-docker.pkg.dev/{project}/fleet, tag: 0.1.0}}
  # The groups it runs, one per line: - my-group
  fleet:groups: []
"""
_BODIES = {Target.DOCKER: _DOCKER, Target.KUBERNETES: _KUBERNETES, Target.CLOUDRUN: _CLOUDRUN}


def machine_text(name: str, target: Target, subnet: IPv4Network | None) -> str:
    """A machine without groups; subnet: a free one, used on Docker only."""
    # Google Cloud limits project ids to 30 characters.
    project = f"my-{name}-project"[:30].rstrip("-")
    title = name.replace("-", " ").capitalize()
    return (_HEAD + _BODIES[target]).format(
        name=name, title=title, subnet=subnet, project=project, network=name.replace("-", "_")
    )


def free_subnet(taken: list[IPv4Network]) -> IPv4Network | None:
    """The first free /24 of 10.210.0.0/16, None if all are taken."""
    subnets = IPv4Network("10.210.0.0/16").subnets(new_prefix=24)
    return next((one for one in list(subnets)[1:] if not any(one.overlaps(other) for other in taken)), None)
