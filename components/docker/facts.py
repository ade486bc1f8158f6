"""Outputs of a Docker machine's component, for policies. Pure."""

from __future__ import annotations

from dataclasses import replace

from fleet.model import DeviceClass
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts
from fleet.published import Card, Machine
from fleet.targets.gpu_use import CardUse

_ATTESTED = {True: "on", False: "off", None: "unstated"}


def facts(deployment: Deployment) -> Machine:
    """The outputs of all targets, with the device and its cards."""
    machine = deployment.machine
    ignores_limits = machine.device_class is DeviceClass.SINGLE_BOARD_COMPUTER
    return replace(
        common_facts(deployment),
        memory_reserve_mib=machine.memory_reserve_mib,
        lan_address=str(machine.lan_address or ""),
        device_class=str(machine.device_class),
        arch=str(machine.arch or ""),
        cards={card.name: _card(card) for card in deployment.cards},
        memory_enforced=_ATTESTED[machine.memory_enforced] if ignores_limits else None,
    )


def _card(card: CardUse) -> Card:
    gpu = card.gpu
    return Card(
        model=gpu.model,
        device=gpu.device,
        cuda=gpu.cuda or "",
        capacity_mib=gpu.memory_mib,
        desktop_reserve_mib=gpu.reserve_mib,
        context_mib=gpu.context_mib,
        unified=gpu.unified,
        vendor=str(gpu.vendor),
        mps=gpu.mps is not None,
        mps_uid=gpu.mps.uid if gpu.mps else None,
        mps_clients_max=gpu.mps.clients_max if gpu.mps else None,
    )
