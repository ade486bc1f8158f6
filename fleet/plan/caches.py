"""Caches of compilers in containers with a card: Triton and others write code there and load it.

Their defaults are below HOME, which is a small folder in memory whose files may not be executed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.model import ContainerGroup, Hardening, VolumeKind

FOLDER = "/var/cache/kernels"
"""Folder in memory for containers without a cache volume."""

_LEAST_MIB, _MOST_MIB, _SHARE = 256, 1024, 8
"""Its size is this part of the memory limit without other folders, within bounds, and half of it at most."""

_IN_VOLUME = ".kernels"
"""Folder inside a cache volume, which may hold a cache of models."""

_FOLDERS = {
    "TRITON_CACHE_DIR": "triton",
    "TORCHINDUCTOR_CACHE_DIR": "torchinductor",
    "VLLM_CACHE_ROOT": "vllm",
    "NUMBA_CACHE_DIR": "numba",
    "FLASHINFER_WORKSPACE_BASE": "flashinfer",
}
"""Variable of a program -> folder below the common one."""


@dataclass(frozen=True, slots=True)
class Caches:
    """Where a container with a card keeps caches; `folder` is empty if its root is writable, and it needs none.

    models: a mounted cache volume, which may be read-only and filled by another container; folder: for compilers, in
    a writable cache volume of the group, else in memory.
    """

    models: str
    folder: str
    in_memory: bool

    @classmethod
    def of(cls, group: ContainerGroup, key: str, others: Iterable[ContainerGroup]) -> Caches:
        """Caches of one container; `others` own volumes on its machine, too."""
        container = group.containers[key]
        if not container.home:
            return cls("", "", in_memory=False)
        owners = (group, *others)
        mounted = [
            (name, mount)
            for name, mount in sorted(container.mounts.items())
            if any(name in o.volumes and o.volumes[name].kind is VolumeKind.CACHE for o in owners)
        ]
        models = next((mount.path for _, mount in mounted), "")
        own = next((mount.path for name, mount in mounted if name in group.volumes and not mount.read_only), "")
        return cls(models, f"{own}/{_IN_VOLUME}" if own else FOLDER, in_memory=not own)

    def variables(self) -> dict[str, str]:
        """Of compilers and the Hugging Face libraries."""
        if not self.folder:
            return {}
        found = {variable: f"{self.folder}/{folder}" for variable, folder in _FOLDERS.items()}
        return {**found, "HF_HOME": self.models or f"{self.folder}/huggingface"}

    def hardening(self, given: Hardening, free_mib: int) -> Hardening:
        """The hardening with the folder in memory, if it is there; free_mib: memory limit without /dev/shm."""
        if not self.in_memory:
            return given
        free_mib -= sum(given.tmpfs.values())
        size = max(min(max(_LEAST_MIB, free_mib // _SHARE), _MOST_MIB, free_mib // 2), 1)
        executable = tuple(sorted({*given.executable, FOLDER}))
        return given.model_copy(update={"tmpfs": {FOLDER: size, **given.tmpfs}, "executable": executable})
