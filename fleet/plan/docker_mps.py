"""GPU sharing on a Docker machine: the MPS control daemon of a card, and the settings of its clients.

Daemon and clients share one memory-backed folder as /dev/shm, for pipes and shared memory, so that no container joins
another's IPC namespace. MPS serves one user id, so all of them run with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fleet import labels
from fleet.model import MAIN, Arch, Enforcement, Gpu, Hardening, Mps, RunAs, Stack, VolumeKind
from fleet.network.addresses import sharing_name
from fleet.plan.deployment import PlannedGroup, PlannedVolume
from fleet.plan.planned_container import (
    SHARED_MEMORY,
    PlannedContainer,
    PlannedGpu,
    PlannedHealth,
    PlannedMount,
)
from fleet.targets.reserved import MPS_DAEMON_MEMORY_MIB

PIPE_FOLDER = f"{SHARED_MEMORY}/mps"
_LOG_FOLDER = "/tmp/mps"  # noqa: S108  (on the daemon's tmpfs)
_START = f"mkdir -p {PIPE_FOLDER} {_LOG_FOLDER} && exec nvidia-cuda-mps-control -f"
_DAEMON_MILLICORES = 500


def client_environment() -> Mapping[str, str]:
    return {"CUDA_MPS_PIPE_DIRECTORY": PIPE_FOLDER}


def sharing_volume(stack: Stack, card: str, mps: Mps) -> PlannedVolume:
    """The shared folder; its size is a setting, so that no change to a group replaces it."""
    return PlannedVolume(
        key=sharing_name(card),
        name=f"{stack.machine.name}-{sharing_name(card)}",
        group=sharing_name(card),
        kind=VolumeKind.SCRATCH,
        single_writer=False,
        medium="any",
        bind=None,
        tmpfs_mib=mps.shared_memory_mib,
    )


def sharing_group(name: str, image: str, card: str, gpu: Gpu, mps: Mps) -> PlannedGroup:
    """The daemon of a card as a hardened group of wave 0; `name` is its name on the machine.

    The container toolkit mounts the host driver's binaries, so any image with a C library works.
    """
    container = PlannedContainer(
        name=name,
        group=sharing_name(card),
        key=MAIN,
        image=image,
        archs=tuple(Arch),
        command=("sh", "-c", _START),
        env=MappingProxyType(
            {**client_environment(), "CUDA_MPS_LOG_DIRECTORY": _LOG_FOLDER, "CUDA_VISIBLE_DEVICES": "0"}
        ),
        labels=MappingProxyType(
            {
                labels.GROUP: sharing_name(card),
                labels.CONTAINER: MAIN,
                labels.GPU_CARD: card,
                labels.GPU_ROLE: labels.MPS_DAEMON,
                labels.MEMORY_REQUEST_MIB: str(MPS_DAEMON_MEMORY_MIB),
                labels.SELF_HEALING: "true",
            }
        ),
        aliases=(sharing_name(card),),
        mounts=(PlannedMount(sharing_name(card), SHARED_MEMORY, read_only=False),),
        hardening=Hardening.model_validate({"run_as": str(RunAs(uid=mps.uid, gid=mps.uid))}),
        memory_request_mib=MPS_DAEMON_MEMORY_MIB,
        memory_cap_mib=MPS_DAEMON_MEMORY_MIB,
        cpu_request_millicores=_DAEMON_MILLICORES // 5,
        cpu_cap_millicores=_DAEMON_MILLICORES,
        # The daemon uses no GPU memory; contexts belong to the clients.
        gpu=PlannedGpu(MappingProxyType({card: gpu}), 1, 0, 0, 0, Enforcement.MPS),
        health=PlannedHealth(("test", "-p", f"{PIPE_FOLDER}/control"), 30, 10, 3, 10, 130),
    )
    return PlannedGroup(sharing_name(card), "fleet", 0, (), (), (container,))
