"""A card: its memory, and how several processes share it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from fleet.model.base import CudaVersion, Model
from fleet.model.quantities import MemoryMib

CUDA_CONTEXT_MIB = 450
"""Memory a CUDA process costs before it allocates anything: 200 to 700 MiB seen; see numbers in docs/gotchas.md."""

MPS_CLIENTS_MAX = 48
"""Clients of one MPS server up to CUDA 13.0 (60 from 13.1), by NVIDIA's MPS document."""


class Mps(Model):
    """CUDA Multi-Process Service on a card: several processes share it at the same time."""

    uid: int = Field(default=10001, gt=10000)
    """User id that every client of the card runs under: an MPS server serves one user."""
    active_thread_percentage: int = Field(default=100, ge=1, le=100)
    """Share of the card's compute one client may use. Limits compute, never memory."""
    clients_max: int = Field(default=MPS_CLIENTS_MAX, ge=1, le=60)
    """Client processes the server takes."""
    shared_memory_mib: MemoryMib = Field(default=8192, alias="shared_memory")
    """Size of the /dev/shm that the daemon and all clients share."""


class Gpu(Model):
    """One card."""

    model: str = Field(min_length=1)
    """What people call it: RTX 4090."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Capacity as nvidia-smi prints it."""
    device: str = Field(default="0", pattern=r"^(\d+|GPU-[0-9a-f-]+|nvidia\.com/gpu=\S+)$")
    """Index, UUID (`GPU-...`, which survives a changed order of cards) or CDI name."""
    driver: Annotated[str, StringConstraints(pattern="^(nvidia|cdi)$")] = "nvidia"
    """Device driver the daemon is set up with: `nvidia` (container toolkit) or `cdi`."""
    cuda: CudaVersion | None = None
    """Newest CUDA its driver runs, as nvidia-smi prints it, in quotes: "12.8"."""
    context_mib: MemoryMib = Field(default=CUDA_CONTEXT_MIB, alias="context")
    """What one CUDA process costs on top of its request."""
    desktop_reserve_mib: MemoryMib | None = Field(default=None, alias="desktop_reserve")
    """Left to a desktop that the card also drives."""
    mps: Mps | None = None
    """Set where an MPS control daemon serves the card."""
    allocator: str | None = None
    """Settings of PyTorch's allocator. Limits fragmentation, never memory."""

    @property
    def reserve_mib(self) -> int:
        """Memory the desktop keeps, 0 without one."""
        return self.desktop_reserve_mib or 0
