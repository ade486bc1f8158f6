"""Component resources of a Kubernetes cluster; `listing.py` defines their children and dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.ending import Ending
from components.kubernetes.kinds import register
from components.listing import Entry
from components.registering import Component, Registrar
from fleet.plan.deployment import Deployment


class Cluster(Component):
    """A cluster's provider, namespaces with their quotas and default policies, claims and groups.

    Not included: the cluster, its nodes, device plugins, ingress controllers, and secret values.
    """


class DataVolume(Component):
    """The claim of a volume: protected, and retained when the stack is destroyed."""


class ContainerGroup(Component):
    """A group's pods and the objects it owns; complete once the pods are ready. Namespaces and claims outlive it."""


class KubernetesRegistrar(Registrar):
    """Registers objects of the API by their kind."""

    def __init__(self, _: Deployment, __: Ending) -> None:
        super().__init__(Cluster, DataVolume, ContainerGroup)

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """An object of the API, or the provider."""
        if "kind" not in arguments:
            return super().resource(entry, arguments, options)
        return register(entry.name, arguments, options)


registrar = KubernetesRegistrar
