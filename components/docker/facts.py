"""What a machine's component publishes for policies."""

from __future__ import annotations

from fleet.model import DeviceClass, Machine
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts


def facts(deployment: Deployment) -> dict[str, object]:
    machine = deployment.machine
    return {
        **common_facts(deployment),
        "memoryReserveMib": machine.memory_reserve_mib,
        "lanAddress": str(machine.lan_address or ""),
        "deviceClass": str(machine.device_class),
        "arch": str(machine.arch or ""),
        "gpus": {
            card.name: {
                "model": card.gpu.model,
                "device": card.gpu.device,
                "cuda": card.gpu.cuda or "",
                "capacityMib": card.gpu.memory_mib,
                "desktopReserveMib": card.gpu.reserve_mib,
                "contextMib": card.gpu.context_mib,
                "mps": card.gpu.mps is not None,
                **({"mpsUid": card.gpu.mps.uid, "mpsClientsMax": card.gpu.mps.clients_max} if card.gpu.mps else {}),
            }
            for card in deployment.cards
        },
        **_attestation(machine),
    }


def _attestation(machine: Machine) -> dict[str, object]:
    """Only of a device whose stock system ignores memory limits: what its owner says of it."""
    if machine.device_class is not DeviceClass.SINGLE_BOARD_COMPUTER:
        return {}
    said = {True: "on", False: "off", None: "unstated"}
    return {"memoryEnforced": said[machine.memory_enforced]}
