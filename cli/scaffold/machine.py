"""The starting file of a machine, by its target."""

from __future__ import annotations

from ipaddress import IPv4Network

from fleet.model import Target

_PROJECT_LENGTH_MAX = 30
"""Of a Google Cloud project's id."""

_HEAD = """\
# yaml-language-server: $schema=schemas/stack.schema.json
config:
  # Every resource names its provider: none is taken from whatever the environment points at.
  pulumi:disable-default-providers: ["*"]
  fleet:machine:
    name: {name}
    title: {title}
"""
_DOCKER = """\
    class: workstation
    arch: amd64
    # How its daemon is reached; unix:///var/run/docker.sock only for the machine you sit at.
    connection: ssh://owner@{name}.lan
    # Once another machine uses a group of it: lan_address: 192.168.1.30 (ip -4 addr)
    # What it has (nproc, free -m), and what its system keeps.
    cpus: 4
    memory: 8GiB
    memory_reserve: 2GiB
    # Its cards, as nvidia-smi prints them: gpus: {{gpu0: {{model: RTX 4070, memory: 12282MiB}}}}
    network: {{name: {network}_internal, subnet: {subnet}}}
  # Groups it runs, a line each: - my-group
  fleet:groups: []
"""
_KUBERNETES = """\
    class: container-service
    target: kubernetes
    # A context of your kubeconfig (kubectl config get-contexts).
    connection: kubeconfig://{name}
    cluster:
      # What the nodes have (kubectl get nodes). A pool with cards: gpu: {{model: L4, memory: 24GiB}}
      node_pools:
        general: {{nodes: 1, cpus: 4, memory: 15GiB}}
  # Where the images are pushed; nodes build none.
  fleet:images: {{registry: ghcr.io/owner/fleet, tag: 0.1.0}}
  # Groups it runs, a line each: - my-group
  fleet:groups: []
"""
_CLOUDRUN = """\
    class: container-service
    target: cloudrun
    # The project's id, and the number that gcloud projects describe prints.
    connection: gcp://{project}
    cloud:
      project_number: 100000000001
      regions: [us-central1]
      # How groups are run, where the defaults do not suit: services: {{my-group: {{size: medium, max_instances: 3}}}}
      budget: {{monthly_usd: 50}}
  # Where the images are pushed.
  fleet:images: {{registry: us-central1-docker.pkg.dev/{project}/fleet, tag: 0.1.0}}
  # Groups it runs, a line each: - my-group
  fleet:groups: []
"""
_BODIES = {Target.DOCKER: _DOCKER, Target.KUBERNETES: _KUBERNETES, Target.CLOUDRUN: _CLOUDRUN}


def machine_text(name: str, target: Target, subnet: IPv4Network | None) -> str:
    """A machine without groups; `subnet` is a free one, which only a Docker machine needs."""
    project = f"my-{name}-project"[:_PROJECT_LENGTH_MAX].rstrip("-")
    title = name.replace("-", " ").capitalize()
    return (_HEAD + _BODIES[target]).format(
        name=name, title=title, subnet=subnet, project=project, network=name.replace("-", "_")
    )


def free_subnet(taken: list[IPv4Network]) -> IPv4Network | None:
    """A /24 of 10.210.0.0/16 that overlaps none of those taken; None where all are."""
    subnets = IPv4Network("10.210.0.0/16").subnets(new_prefix=24)
    return next((one for one in list(subnets)[1:] if not any(one.overlaps(other) for other in taken)), None)
