"""Component resources, with a package per target; the only code that imports Pulumi."""

from __future__ import annotations

from importlib import import_module

from fleet.plan.deployment import Deployment


def build(deployment: Deployment) -> None:
    """Registers a deployment with its target's components, exports the stack's outputs, and checks its health.

    An update fails unless everything is healthy, changed or not. Imports only that target's SDK. Raises
    pulumi.RunError if it is not installed.
    """
    import pulumi  # heavy, and render modules do without it

    from components.ending import Ending, check_health
    from components.listing import inventory

    ending = Ending()
    ending.handle_interrupts()
    target = deployment.machine.target
    try:
        component = import_module(f"components.{target}.component")
        registrar = component.registrar(deployment, ending)
        registrar.machine(inventory(deployment))
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not package.startswith("pulumi_"):
            raise
        msg = f"{package} is not installed ({target} needs it); pip install 'agent-fleet[{target}]'"
        raise pulumi.RunError(msg) from error
    pulumi.export("machine", deployment.machine.name)
    pulumi.export("endpoints", dict(deployment.endpoints))
    if not pulumi.runtime.is_dry_run():
        pulumi.run(lambda: check_health(registrar.problems, ending))
