"""Component resources, a package a target; the only code that imports Pulumi."""

from __future__ import annotations

from importlib import import_module

from fleet.plan.deployment import Deployment


def build(deployment: Deployment) -> None:
    """Registers everything a deployment needs, with its target's components.

    A target's package is imported only here, so that no stack pays for another target's SDK.
    """
    import_module(f"components.{deployment.machine.target}.component").build(deployment)
