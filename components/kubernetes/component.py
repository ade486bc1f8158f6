"""Component resources of a Kubernetes cluster; `listing.py` says what each registers, and after what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.kubernetes.kinds import register
from components.listing import Entry
from components.registering import Component, Registrar
from fleet.plan.deployment import Deployment


class Cluster(Component):
    """A cluster and everything a deployment puts on it: provider, namespaces with their quotas and default policies,
    claims and groups.

    It does not own the cluster, its nodes, what hands out its cards, the entrance's controller, or the secrets' values.
    Its outputs are what stack policies judge by: node pools with their cards, and the start order of the fleet.
    """


class DataVolume(Component):
    """The claim of a volume. It is protected, and kept when the stack goes."""


class ContainerGroup(Component):
    """A group's pods and all that is theirs alone; complete once the pods are ready.

    It does not own the namespace or the claims: those outlive a group.
    """


class KubernetesRegistrar(Registrar):
    """Registers objects of the API by their kind."""

    def __init__(self, _: Deployment) -> None:
        super().__init__(Cluster, DataVolume, ContainerGroup)

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """An object of the API, or the provider."""
        if "kind" not in arguments:
            return super().resource(entry, arguments, options)
        return register(entry.name, arguments, options)


registrar = KubernetesRegistrar
