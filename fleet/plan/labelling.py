"""Labels of a container: what policies need in addition to its target's fields."""

from __future__ import annotations

from collections.abc import Iterator

from fleet import labels
from fleet.model import MAIN, Arch, Container, ContainerGroup, Stack, Tier, Volume, VolumeKind
from fleet.plan.planned_container import PlannedGpu
from fleet.targets.registry import target_of

_SHARE_MEMORY = frozenset(
    {
        "accelerate", "deepspeed", "diffusers", "facenet-pytorch", "pytorch-lightning", "ray", "sentence-transformers",
        "torch", "torchaudio", "torchvision", "vllm",
    }
)  # fmt: skip
"""Packages with workers that exchange data through /dev/shm: PyTorch, packages built on it, and Ray."""


def container_labels(group: ContainerGroup, key: str, stack: Stack, gpu: PlannedGpu | None) -> dict[str, str]:
    """Labels of one container, sorted by name; independent of other groups."""
    container = group.containers[key]
    stands_in = stack.stands_in_for(container)
    values = {
        labels.GROUP: group.name,
        labels.CONTAINER: key,
        labels.TENANT: group.tenant or "",
        labels.TIER: "" if group.tier is Tier.STANDARD else str(group.tier),
        labels.IMAGE_PLATFORMS: "" if stands_in else ",".join(sorted(_platforms(container))),
        labels.START_AFTER: ",".join(sorted(group.start_after)),
        labels.MEMORY_REQUEST_MIB: str(target_of(stack).reserved(stack, container).memory_request_mib),
        labels.DEVICES: "" if stack.runs_stand_ins else ",".join(container.devices),
        labels.SECRET_ENV: "" if stands_in else ",".join(sorted(container.secret_env)),
        labels.SHARED_MEMORY_FOR: "" if stands_in else ",".join(_sharing_memory(container)),
        labels.BACKUPS: "; ".join(_backups(group, key, stack)),
        labels.SELF_HEALING: "true" if container.agents or stands_in else "",
    }
    if gpu:
        source = container.build or container.image
        values |= {
            labels.GPU_CARD: ",".join(gpu.cards),
            labels.GPU_REQUEST_MIB: str(gpu.request_mib),
            labels.GPU_LIMIT_MIB: str(gpu.limit_mib),
            labels.GPU_PROCESSES: str(gpu.processes),
            labels.GPU_ENFORCEMENT: str(gpu.enforcement),
            labels.IMAGE_CUDA: (source.cuda if source else None) or "",
        }
    for (*_, field), exception in container.hardening.resolved(stands_in=stands_in).excused.items():
        values[f"{labels.EXCEPTION_PREFIX}{field}"] = f"{exception.until.isoformat()} {exception.reason}"
    for rule, waiver in {**group.waivers, **container.waivers}.items():
        values[f"{labels.WAIVER_PREFIX}{rule}"] = f"{waiver.until.isoformat()} {waiver.reason}"
    return {name: value for name, value in sorted(values.items()) if value}


def _sharing_memory(container: Container) -> list[str]:
    return sorted(container.build.packages & _SHARE_MEMORY) if container.build else []


def _platforms(container: Container) -> tuple[Arch, ...]:
    """Platforms of a ready image or of the project's CUDA image."""
    if container.image:
        return container.image.platforms
    return (Arch.AMD64,) if container.build and container.build.variant == "cuda" else ()


def _backups(group: ContainerGroup, key: str, stack: Stack) -> Iterator[str]:
    """Backup of each volume, on the containers that mount it, or on the main one."""
    for name, volume in sorted(group.volumes.items()):
        mounting = [other for other, container in group.containers.items() if name in container.mounts] or [MAIN]
        if key in mounting and (statement := _statement(volume, stands_in=stack.stand_ins_write(name, group))):
            yield f"{target_of(stack).volume_name(name, stack)}: {statement}"


def _statement(volume: Volume, *, stands_in: bool) -> str:
    if volume.kind is VolumeKind.SCRATCH:
        return ""
    if stands_in:
        return "none, stand-ins write it"
    if volume.kind is VolumeKind.CACHE:
        return "none, it can be had again"
    return str(volume.backup or "")
