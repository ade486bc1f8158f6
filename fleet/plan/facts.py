"""Facts that every machine's component publishes; targets add their own."""

from __future__ import annotations

from dataclasses import replace

from fleet.plan.deployment import Address, Deployment
from fleet.published import Link, Machine, MonthlyCost


def common_facts(deployment: Deployment) -> Machine:
    """Subnets and start order of the fleet; links, agents and cost of the stack."""
    facts, charge = deployment.facts, deployment.charge
    common = Machine(
        name=deployment.machine.name,
        memory_mib=deployment.machine.memory_mib,
        subnets=facts.subnets,
        allowed_overlaps=facts.allowed_overlaps,
        start_after=facts.start_after,
        agents={group.name: group.agents for group in deployment.groups if group.agents},
        links=links(deployment),
    )
    if charge is None:
        return common
    return replace(
        common,
        monthly_cost_usd=MonthlyCost(idle=charge.idle_usd, expected=charge.expected_usd, maximum=charge.maximum_usd),
        monthly_cost_unknown=charge.unknown,
        monthly_budget_usd=charge.budget_usd,
    )


def links(deployment: Deployment) -> dict[str, Link]:
    """LAN address in use, including the machine's own if published -> its machine and encryption."""
    reached = {edge.address for edge in deployment.edges if edge.address}
    if deployment.opens_lan and deployment.machine.lan_address:
        reached.add(str(deployment.machine.lan_address))
    known = deployment.facts.addresses
    return {address: _link(known[address]) for address in sorted(reached) if address in known}


def _link(address: Address) -> Link:
    traffic = address.traffic
    if traffic is None:
        return Link(machine=address.machine)
    if traffic.none:
        return Link(machine=address.machine, accepted=traffic.none)
    return Link(machine=address.machine, encryption=str(traffic.by))
