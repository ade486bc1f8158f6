"""What goes from machine to machine, as a machine component publishes it for policies."""

from __future__ import annotations

from fleet.plan.deployment import Address, Deployment


def link_facts(deployment: Deployment) -> dict[str, object]:
    """LAN address that traffic goes to, the own one included where others use it: the machine, and what encrypts it."""
    reached = {edge.address for edge in deployment.edges if edge.address}
    if deployment.published and deployment.machine.lan_address:
        reached.add(str(deployment.machine.lan_address))
    known = deployment.facts.addresses
    return {"links": {address: _link(known[address]) for address in sorted(reached) if address in known}}


def _link(address: Address) -> dict[str, str]:
    said = address.traffic
    if said is None:
        return {"machine": address.machine}
    return {"machine": address.machine, **({"none": said.none} if said.none else {"encryption": str(said.by)})}
