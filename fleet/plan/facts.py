"""What every machine's component publishes for policies to judge by; a target adds what only it has."""

from __future__ import annotations

from fleet.plan.charge import charge_facts
from fleet.plan.deployment import Deployment
from fleet.plan.links import link_facts


def common_facts(deployment: Deployment) -> dict[str, object]:
    """Outputs of a machine's component: subnets and start order of the fleet, links, agents and cost of the stack.

    `agents` is the manifest: how many agents each group of the stack has; groups without any are left out.
    """
    facts = deployment.facts
    return {
        "machine": deployment.machine.name,
        "memoryMib": deployment.machine.memory_mib,
        "subnets": dict(facts.subnets),
        "allowedOverlaps": list(facts.allowed_overlaps),
        "startAfter": {group: list(after) for group, after in facts.start_after.items()},
        "agents": {group.name: group.agents for group in deployment.groups if group.agents},
        **link_facts(deployment),
        **charge_facts(deployment.charge),
    }
