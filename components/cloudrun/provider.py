"""The explicit provider of a project; default providers are off in every stack."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_gcp as gcp

from components.cloudrun.render import render_provider
from fleet.plan.deployment import Deployment


def project_provider(name: str, deployment: Deployment, parent: pulumi.Resource) -> gcp.Provider:
    """The provider that reaches a project with the credentials of whoever runs the program."""
    arguments: dict[str, Any] = dict(render_provider(deployment))
    return gcp.Provider(f"{name}-api", **arguments, opts=pulumi.ResourceOptions(parent=parent))
