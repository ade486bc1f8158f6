"""Cloud Run's own figures for a group: the size of an instance, its card, how many of it run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.model import Cloud, CloudService, ContainerGroup, Gpu, Scaling
from fleet.model.cloud import CloudGpu, Size

CARDS: Mapping[CloudGpu, tuple[str, str]] = {
    CloudGpu.L4: ("L4", "24GiB"),
    CloudGpu.RTX_PRO_6000: ("RTX PRO 6000", "96GiB"),
}
"""Card -> what people call it, and its memory."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A named size: CPU in millicores, memory in MiB, and how many instances there may be."""

    cpu_millicores: int
    memory_mib: int
    max_instances: int


SIZES: Mapping[Size, Shape] = {
    Size.SMALL: Shape(1000, 1024, 3),
    Size.MEDIUM: Shape(2000, 2048, 10),
    Size.LARGE: Shape(4000, 4096, 50),
}


ACCOUNT_ID_MAX = 30
"""Characters of a service account's id, of which there are 6 at the least."""


def account_id(group: str) -> str:
    """Id of a group's service account."""
    return f"run-{group}"


def card_of_instance(service: CloudService) -> Gpu | None:
    """The card an instance holds; None where it has none."""
    if service.gpu is None:
        return None
    model, memory = CARDS[service.gpu]
    return Gpu.model_validate({"model": model, "memory": memory})


def instances_max(service: CloudService, scaling: Scaling) -> int:
    """How many instances of a group a region may have: by its service, else by its size, else by the group."""
    return service.max_instances or (SIZES[service.size].max_instances if service.size else scaling.max)


def shape(cloud: Cloud, group: ContainerGroup) -> Shape:
    """The main container of a group's service: its own figures, else its size's, else the group's limits."""
    service, main = cloud.service(group.name), group.containers["main"]
    named = SIZES[service.size] if service.size else None
    fallback = named or Shape(main.cpu.limit_millicores, main.memory.cap_mib, group.scaling.max)
    return Shape(
        service.cpu_millicores or fallback.cpu_millicores,
        service.memory_mib or fallback.memory_mib,
        instances_max(service, group.scaling),
    )
