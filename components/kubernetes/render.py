"""Renders a deployment as objects of the Kubernetes API, in the order of their creation. Pure.

The component registers them, `fleet export kubernetes` writes them, and `fleet export helm` makes a chart of them.
"""

from __future__ import annotations

from components.kubernetes.manifests.base import Manifest, cluster_of
from components.kubernetes.manifests.entrance import entrance, gateways, monitor
from components.kubernetes.manifests.platform import platform
from components.kubernetes.manifests.policies import group_policy
from components.kubernetes.manifests.scaling import scaling
from components.kubernetes.manifests.services import services, services_elsewhere
from components.kubernetes.manifests.volumes import volume_claims
from components.kubernetes.manifests.workload import workloads
from fleet.model import Machine
from fleet.plan.deployment import Deployment


def render_provider(machine: Machine) -> dict[str, object]:
    """Arguments of `kubernetes.Provider`."""
    return {
        "context": machine.connection.removeprefix("kubeconfig://"),
        # With it, another context for the same cluster replaces nothing.
        "cluster_identifier": machine.name,
        # An annotation restarts the pods when an address book changes.
        "enable_config_map_mutable": True,
        "enable_server_side_apply": True,
    }


def render(deployment: Deployment) -> tuple[Manifest, ...]:
    """All objects: those that groups share, then each group's in start order.

    Raises TypeError for a machine that is not a cluster (an internal error).
    """
    cluster = cluster_of(deployment)
    shared = (
        *platform(deployment, cluster),
        *volume_claims(deployment, cluster),
        *services_elsewhere(deployment, cluster),
        *gateways(deployment, cluster),
    )
    groups = tuple(
        manifest
        for group in deployment.groups
        for manifest in (
            group_policy(group, deployment, cluster),
            *workloads(group, deployment, cluster),
            *services(group, deployment),
            *scaling(group, deployment, cluster),
            *entrance(group, deployment, cluster),
            *monitor(group, deployment, cluster),
        )
    )
    return (*shared, *groups)
