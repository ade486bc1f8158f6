"""Component resources, a package a target; the only code that imports Pulumi."""

from __future__ import annotations

from importlib import import_module

from fleet.plan.deployment import Deployment


def build(deployment: Deployment) -> None:
    """Registers everything a deployment needs, with its target's components, and exports what its owner looks up.

    A target's package is imported only here, so that no stack pays for another target's SDK.
    """
    import pulumi  # heavy, and render modules do without it

    from components.listing import inventory

    component = import_module(f"components.{deployment.machine.target}.component")
    component.registrar(deployment).machine(inventory(deployment))
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
