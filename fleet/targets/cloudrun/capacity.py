"""Size and GPU of Cloud Run instances."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.model import Cloud, CloudService, ContainerGroup, Enforcement, Gpu, Stack
from fleet.model.cloud import CloudGpu, Shape
from fleet.targets.gpu_use import Cards

CARDS: Mapping[CloudGpu, tuple[str, str]] = {
    CloudGpu.L4: ("L4", "24GiB"),
    CloudGpu.RTX_PRO_6000: ("RTX PRO 6000", "96GiB"),
}
"""Cloud Run's name of a card -> its model and memory."""


def cloud_of(stack: Stack) -> Cloud:
    """The project of a Cloud Run stack."""
    if stack.machine.cloud is None:
        msg = f"{stack.name} is not a Cloud Run project"
        raise TypeError(msg)
    return stack.machine.cloud


def card_of_instance(service: CloudService) -> Cards | None:
    """The card of an instance; None without one."""
    if service.gpu is None:
        return None
    model, memory = CARDS[service.gpu]
    return Cards({str(service.gpu): Gpu.model_validate({"model": model, "memory": memory})}, 1, Enforcement.EXCLUSIVE)


def shape(cloud: Cloud, group: ContainerGroup) -> Shape:
    """Size of a group's main container: from its service's figures, else its named size, else the group's limits."""
    service, main = cloud.service(group.name), group.containers["main"]
    fallback = service.named_shape or Shape(main.cpu.limit_millicores, main.memory.cap_mib, group.scaling.max)
    return Shape(
        service.cpu_millicores or fallback.cpu_millicores,
        service.memory_mib or fallback.memory_mib,
        service.instances_max(group.scaling.max),
    )
