"""Deployment to a cluster: every object of the Kubernetes API, in the order they can be created. Pure.

The same objects are registered by the component, written by `fleet export kubernetes`, and turned into a chart.
"""

from __future__ import annotations

from components.kubernetes.manifests.base import Manifest
from components.kubernetes.manifests.entrance import entrance, gateways, monitor
from components.kubernetes.manifests.platform import platform
from components.kubernetes.manifests.policies import group_policy
from components.kubernetes.manifests.scaling import scaling
from components.kubernetes.manifests.services import services, services_elsewhere
from components.kubernetes.manifests.volumes import volume_claims
from components.kubernetes.manifests.workload import workloads
from fleet.model import Machine
from fleet.plan.deployment import Deployment

_CONTEXT = "kubeconfig://"


def render_provider(machine: Machine) -> dict[str, object]:
    """Arguments of `kubernetes.Provider`."""
    return {
        "context": machine.connection.removeprefix(_CONTEXT),
        # What the provider is told apart by: another way to the same cluster replaces nothing.
        "cluster_identifier": machine.name,
        # A changed address book updates the object in place; an annotation of the pods makes them follow.
        "enable_config_map_mutable": True,
        "enable_server_side_apply": True,
    }


def render(deployment: Deployment) -> tuple[Manifest, ...]:
    """Everything of a deployment: what groups share, then group by group in start order.

    Raises TypeError for a machine that is no cluster: a bug of ours.
    """
    cluster = deployment.machine.cluster
    if cluster is None:
        msg = f"{deployment.machine.name} is no cluster"
        raise TypeError(msg)
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
