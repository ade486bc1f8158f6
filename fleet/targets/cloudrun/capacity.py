"""Instances of Cloud Run: the size of a group's, and its card."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.model import Cloud, CloudService, ContainerGroup, Enforcement, Gpu, Stack
from fleet.model.cloud import CloudGpu, Shape
from fleet.targets.gpu_use import Card

CARDS: Mapping[CloudGpu, tuple[str, str]] = {
    CloudGpu.L4: ("L4", "24GiB"),
    CloudGpu.RTX_PRO_6000: ("RTX PRO 6000", "96GiB"),
}
"""Card -> what people call it, and its memory."""


def cloud_of(stack: Stack) -> Cloud:
    """The project of a stack whose target is Cloud Run."""
    if stack.machine.cloud is None:
        msg = f"{stack.name} is no Cloud Run project"
        raise TypeError(msg)
    return stack.machine.cloud


def card_of_instance(service: CloudService) -> Card | None:
    """The card that an instance holds alone; None where it has none."""
    if service.gpu is None:
        return None
    model, memory = CARDS[service.gpu]
    return Card(str(service.gpu), Gpu.model_validate({"model": model, "memory": memory}), Enforcement.EXCLUSIVE)


def shape(cloud: Cloud, group: ContainerGroup) -> Shape:
    """The main container of a group's service: its own figures, else its size's, else the group's limits."""
    service, main = cloud.service(group.name), group.containers["main"]
    fallback = service.named_shape or Shape(main.cpu.limit_millicores, main.memory.cap_mib, group.scaling.max)
    return Shape(
        service.cpu_millicores or fallback.cpu_millicores,
        service.memory_mib or fallback.memory_mib,
        service.instances_max(group.scaling.max),
    )
