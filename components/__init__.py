"""Component resources, with a package per target; the only code that imports Pulumi."""

from __future__ import annotations

from importlib import import_module

from fleet.plan.deployment import Deployment


def build(deployment: Deployment) -> None:
    """Registers a deployment with its target's components, and exports the stack's outputs.

    Imports only that target's SDK. Raises pulumi.RunError if it is not installed.
    """
    import pulumi  # heavy, and render modules do without it

    from components.listing import inventory

    target = deployment.machine.target
    try:
        component = import_module(f"components.{target}.component")
        component.registrar(deployment).machine(inventory(deployment))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package.startswith("pulumi_"):
            raise
        msg = f"{package} is not installed ({target} needs it); pip install 'agent-fleet[{target}]'"
        raise pulumi.RunError(msg) from error
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
