"""The explicit provider of a cluster; default providers are off in every stack."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.kubernetes.render import render_provider
from fleet.model import Machine


def cluster_provider(name: str, machine: Machine, parent: pulumi.Resource) -> kubernetes.Provider:
    """The provider that reaches a cluster through a context of the kubeconfig."""
    arguments: dict[str, Any] = dict(render_provider(machine))
    return kubernetes.Provider(f"{name}-api", **arguments, opts=pulumi.ResourceOptions(parent=parent))
