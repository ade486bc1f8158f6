"""A card: its memory, and how several processes share it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.allocator import AllocatorSettings
from fleet.model.base import Breach, CudaVersion, Distinct, Flag, Form, Model, Title, Whole, rule
from fleet.model.hardening import HIGH_ID, ID_MAX
from fleet.model.quantities import MemoryMib
from fleet.model.vendor import Vendor, maker_of, shares_memory

CUDA_CONTEXT_MIB = 450
"""Memory of a CUDA process before it allocates any: 200 to 700 MiB measured; see docs/gotchas.md."""

CONTEXT_MIB_MIN = 50
"""Less than any CUDA context measured; a smaller one is a slip of the unit."""

MPS_CLIENTS_MAX = 48
"""Clients of one MPS server up to CUDA 13.0 (60 from 13.1), by NVIDIA's MPS document."""

_CUDA_WITH_60_CLIENTS = (13, 1)

MPS_SHARED_MIB_MIN = 64
"""Docker's own size of /dev/shm, which holds the pipes and shared memory of a single client."""


def _holds_a_context(mib: int) -> int:
    if mib < CONTEXT_MIB_MIN:
        msg = f"{mib} MiB is less than a CUDA context takes; use {CONTEXT_MIB_MIN}MiB or more"
        raise ValueError(msg)
    return mib


ContextMib = Annotated[MemoryMib, AfterValidator(_holds_a_context)]


def _holds_pipes(mib: int) -> int:
    if mib < MPS_SHARED_MIB_MIN:
        msg = f"{mib} MiB is too little for MPS and its clients; use {MPS_SHARED_MIB_MIN}MiB or more"
        raise ValueError(msg)
    return mib


class Mps(Model):
    """CUDA Multi-Process Service, which lets several processes use a card at the same time."""

    uid: Whole = Field(default=10001, gt=HIGH_ID, le=ID_MAX)
    """User id of every client: an MPS server serves one user."""
    active_thread_percentage: Whole = Field(default=100, ge=1, le=100)
    """Share of the card's compute per client. Limits compute, not memory."""
    clients_max: Whole = Field(default=MPS_CLIENTS_MAX, ge=1, le=60)
    """Maximum client processes of the server."""
    shared_memory_mib: Annotated[MemoryMib, AfterValidator(_holds_pipes)] = Field(default=8192, alias="shared_memory")
    """Size of /dev/shm, which the daemon and all clients share."""


GpuDevice = Annotated[
    str,
    StringConstraints(
        pattern=r"^(0|[1-9][0-9]?|GPU-[0-9a-f-]{1,40}|nvidia\.com/gpu=[A-Za-z0-9._:-]+|/dev/dri/renderD[0-9]{3})$"
    ),
    Form('write an index, a UUID or a CDI name in quotes, like "0", "GPU-<uuid>" or "nvidia.com/gpu=0"'),
]
_FIRST_RENDER_NODE = 128


GroupId = Annotated[Whole, Field(ge=1, le=ID_MAX)]


class Gpu(Model):
    """One card."""

    model: Title
    """Display name, such as RTX 4090."""
    memory_mib: MemoryMib = Field(alias="memory")
    """Capacity, as nvidia-smi prints it."""
    vendor: Vendor = Vendor.NVIDIA
    """Maker. `driver`, `cuda` and `mps` are for `nvidia` only."""
    device: GpuDevice = "0"
    """Index, UUID (`GPU-...`, stable if cards are reordered) or CDI name. For `amd` and `intel` the index of the render
    node (0 is /dev/dri/renderD128), or its path."""
    group_ids: Distinct[GroupId] | None = None
    """Numeric host groups that may use the device files of an `amd` or `intel` card, as `stat -c %g /dev/kfd
    /dev/dri/renderD128` prints them; [] if every user may. Names would be looked up in the image."""
    driver: Annotated[str, StringConstraints(pattern="^(nvidia|cdi)$"), Form("write nvidia or cdi")] = "nvidia"
    """Device driver of the daemon: `nvidia` (container toolkit) or `cdi`."""
    unified: Flag = False
    """Whether the card uses the machine's main memory (Jetson, Strix Halo): `memory` is the most that it may use, and
    what it holds is part of the machine's sum."""
    cuda: CudaVersion | None = None
    """Newest CUDA version that the driver supports, as nvidia-smi prints it, in quotes: "12.8"."""
    context_mib: Annotated[MemoryMib, AfterValidator(_holds_a_context)] = Field(
        default=CUDA_CONTEXT_MIB, alias="context"
    )
    """Memory of one CUDA context, on top of a process's request."""
    desktop_reserve_mib: MemoryMib | None = Field(default=None, alias="desktop_reserve")
    """Memory reserved for a desktop on the same card."""
    mps: Mps | None = None
    """Set if an MPS control daemon serves the card."""
    allocator: AllocatorSettings | None = None
    """PyTorch allocator settings, such as max_split_size_mb:128. They limit fragmentation, not memory."""

    @rule
    def _has_memory_to_give(self) -> Iterator[Breach]:
        for field, mib in {"desktop_reserve": self.reserve_mib, "context": self.context_mib}.items():
            if mib >= self.memory_mib:
                yield (field,), f"{mib} MiB leaves nothing of the card's {self.memory_mib} MiB; lower {field}"

    @rule
    def _model_is_the_vendors(self) -> Iterator[Breach]:
        maker = maker_of(self.model)
        if maker not in (None, self.vendor) and "vendor" not in self.model_fields_set:
            yield ("model",), f'"{self.model}" is not made by {self.vendor}; set vendor: {maker} next to it'
        if shares_memory(self.model) and "unified" not in self.model_fields_set:
            yield (
                ("model",),
                f'"{self.model}" uses the machine\'s main memory; set unified: true next to it, else false',
            )

    @rule
    def _settings_are_the_vendors(self) -> Iterator[Breach]:
        if self.vendor is Vendor.NVIDIA:
            if self.group_ids is not None:
                yield ("group_ids",), "group_ids has no effect on a card of nvidia, which any user may use; drop it"
            if self.device.startswith("/dev/"):
                yield ("device",), f'"{self.device}" is not for a card of nvidia; use its index, UUID or CDI name'
            return
        for field in ("driver", "cuda", "mps"):
            if field in self.model_fields_set and getattr(self, field) is not None:
                yield (field,), f"{field} is NVIDIA's, and the card is of {self.vendor}; drop it"
        if self.allocator and self.vendor is Vendor.INTEL:
            yield ("allocator",), "PyTorch has no such settings for a card of intel; drop it"
        if not self.render_node:
            text = f'"{self.device}" is not for a card of {self.vendor}; use the index or path of its render node'
            yield ("device",), text

    @property
    def render_node(self) -> str:
        """The device file of a card of `amd` or `intel`; empty for `nvidia`, and for a device of NVIDIA's."""
        if self.vendor is Vendor.NVIDIA:
            return ""
        if self.device.isdecimal():
            return f"/dev/dri/renderD{_FIRST_RENDER_NODE + int(self.device)}"
        return self.device if self.device.startswith("/dev/") else ""

    @rule
    def _device_is_the_drivers(self) -> Iterator[Breach]:
        if self.vendor is Vendor.NVIDIA and self.device.startswith("nvidia.com/") != (self.driver == "cdi"):
            text = f'"{self.device}" is not for driver {self.driver}; nvidia.com/gpu=<name> and cdi go together'
            yield ("device",), text

    @rule
    def _mps_serves_its_clients(self) -> Iterator[Breach]:
        version = tuple(map(int, self.cuda.split("."))) if self.cuda else _CUDA_WITH_60_CLIENTS
        if self.mps and self.mps.clients_max > MPS_CLIENTS_MAX and version < _CUDA_WITH_60_CLIENTS:
            problem = f"MPS of CUDA {self.cuda} serves {MPS_CLIENTS_MAX} clients, not {self.mps.clients_max}"
            yield ("mps", "clients_max"), f"{problem}; set {MPS_CLIENTS_MAX} or less, or install a driver for CUDA 13.1"

    @property
    def reserve_mib(self) -> int:
        """Memory reserved for a desktop, 0 without one."""
        return self.desktop_reserve_mib or 0
