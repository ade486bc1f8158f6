"""GPU sharing on a Docker machine: the MPS control daemon of a card, and what its clients need to reach it.

Daemon and clients meet in one memory-backed folder, mounted as /dev/shm in all of them: MPS wants shared memory as well
as its pipes, and no container has to join another's IPC namespace. MPS serves one user id, which all of them run as.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fleet import labels
from fleet.model import MAIN, Arch, Enforcement, Gpu, Hardening, Mps, RunAs, Stack, VolumeKind
from fleet.network.addresses import sharing_name
from fleet.plan.deployment import PlannedContainer, PlannedGpu, PlannedGroup, PlannedHealth, PlannedMount, PlannedVolume
from fleet.targets.reserved import MPS_DAEMON_MEMORY_MIB

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a mount point in the container)
PIPE_FOLDER = f"{SHARED_MEMORY}/mps"
_LOG_FOLDER = "/tmp/mps"  # noqa: S108  (the daemon's own, bounded by its tmpfs)
_START = f"mkdir -p {PIPE_FOLDER} {_LOG_FOLDER} && exec nvidia-cuda-mps-control -f"
_DAEMON_MILLICORES = 500


def client_environment() -> Mapping[str, str]:
    """What tells a client where its daemon is."""
    return {"CUDA_MPS_PIPE_DIRECTORY": PIPE_FOLDER}


def sharing_volume(stack: Stack, card: str, mps: Mps) -> PlannedVolume:
    """The folder where daemon and clients meet; its size is a setting, so that no group's change replaces it."""
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
    """The daemon of a card as a group of wave 0, hardened like any other; `name` is its name on the machine.

    The binaries come from the host's driver through the container toolkit, so that any image with a C library does.
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
        # It takes no memory of its own from the card: clients' contexts are counted with the clients.
        gpu=PlannedGpu(card, gpu, 0, 0, 0, Enforcement.MPS),
        health=PlannedHealth(("test", "-p", f"{PIPE_FOLDER}/control"), 30, 10, 3, 10, 130),
    )
    return PlannedGroup(sharing_name(card), "fleet", 0, (), (), (container,))
