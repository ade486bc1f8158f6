"""A card: its memory, and how several processes share it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from fleet.model.base import Breach, CudaVersion, Model, Title, Whole, rule
from fleet.model.hardening import HIGH_ID, ID_MAX
from fleet.model.quantities import MemoryMib

CUDA_CONTEXT_MIB = 450
"""Memory of a CUDA process before it allocates any: 200 to 700 MiB measured; see docs/gotchas.md."""

MPS_CLIENTS_MAX = 48
"""Clients of one MPS server up to CUDA 13.0 (60 from 13.1), by NVIDIA's MPS document."""


class Mps(Model):
    """CUDA Multi-Process Service, which lets several processes use a card at the same time."""

    uid: Whole = Field(default=10001, gt=HIGH_ID, le=ID_MAX)
    """User id of every client: an MPS server serves one user."""
    active_thread_percentage: Whole = Field(default=100, ge=1, le=100)
    """Share of the card's compute per client. Limits compute, not memory."""
    clients_max: Whole = Field(default=MPS_CLIENTS_MAX, ge=1, le=60)
    """Maximum client processes of the server."""
    shared_memory_mib: MemoryMib = Field(default=8192, alias="shared_memory")
    """Size of /dev/shm, which the daemon and all clients share."""


class Gpu(Model):
    """One card."""

    model: Title
    """Display name, such as RTX 4090."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Capacity, as nvidia-smi prints it."""
    device: str = Field(default="0", pattern=r"^(0|[1-9][0-9]?|GPU-[0-9a-f-]{1,40}|nvidia\.com/gpu=[A-Za-z0-9._:-]+)$")
    """Index, UUID (`GPU-...`, stable if cards are reordered) or CDI name."""
    driver: Annotated[str, StringConstraints(pattern="^(nvidia|cdi)$")] = "nvidia"
    """Device driver of the daemon: `nvidia` (container toolkit) or `cdi`."""
    cuda: CudaVersion | None = None
    """Newest CUDA version that the driver supports, as nvidia-smi prints it, in quotes: "12.8"."""
    context_mib: MemoryMib = Field(default=CUDA_CONTEXT_MIB, alias="context")
    """Memory of one CUDA context, on top of a process's request."""
    desktop_reserve_mib: MemoryMib | None = Field(default=None, alias="desktop_reserve")
    """Memory reserved for a desktop on the same card."""
    mps: Mps | None = None
    """Set if an MPS control daemon serves the card."""
    allocator: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.,:\[\]-]+$", max_length=500)] | None = None
    """PyTorch allocator settings. They limit fragmentation, not memory."""

    @rule
    def _has_memory_to_give(self) -> Iterator[Breach]:
        for field, mib in {"desktop_reserve": self.reserve_mib, "context": self.context_mib}.items():
            if mib >= self.memory_mib:
                yield (field,), f"{mib} MiB leaves nothing of the card's {self.memory_mib} MiB; lower {field}"

    @rule
    def _device_is_the_drivers(self) -> Iterator[Breach]:
        if self.device.startswith("nvidia.com/") != (self.driver == "cdi"):
            text = f'"{self.device}" is not for driver {self.driver}; nvidia.com/gpu=<name> and cdi go together'
            yield ("device",), text

    @property
    def reserve_mib(self) -> int:
        """Memory reserved for a desktop, 0 without one."""
        return self.desktop_reserve_mib or 0
