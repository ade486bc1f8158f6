"""What a container reserves, and what it may use: memory, processor time, GPU memory."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from fleet.model.base import Model, Name
from fleet.model.quantities import MemoryMib, Millicores


class Enforcement(StrEnum):
    """What caps a container's GPU memory at run time."""

    ADVISORY = "advisory"
    """Nothing: the figure is for planning only."""
    FRAMEWORK = "framework"
    """The framework's own fraction caps that framework."""
    MPS = "mps"
    """MPS caps each client process."""
    HAMI = "hami-core"
    """HAMi caps the container."""
    EXCLUSIVE = "exclusive"
    """The container holds the whole device."""


def _ensure_covers(limit: int, request: int, unit: str) -> None:
    if limit < request:
        msg = f"limit {limit}{unit} is below request {request}{unit}; raise limit or lower request"
        raise ValueError(msg)


class MemoryBudget(Model):
    """Main memory: what is reserved, and the cap. Without a limit, the request is the cap."""

    request_mib: MemoryMib = Field(alias="request")
    """Set aside: the sum over a machine must fit."""
    limit_mib: MemoryMib | None = Field(default=None, alias="limit")
    """The cap: a container that uses more is ended."""

    @property
    def cap_mib(self) -> int:
        """What the container may use."""
        return self.limit_mib or self.request_mib

    @model_validator(mode="after")
    def _limit_covers_request(self) -> MemoryBudget:
        _ensure_covers(self.cap_mib, self.request_mib, " MiB")
        return self


class CpuBudget(Model):
    """Processor time in millicores: what is reserved, and the cap."""

    request_millicores: Millicores = Field(default=500, alias="request")
    """Set aside: the sum over a machine should fit."""
    limit_millicores: Millicores = Field(alias="limit", ge=100)
    """The cap: a container gets no more."""

    @model_validator(mode="after")
    def _limit_covers_request(self) -> CpuBudget:
        _ensure_covers(self.limit_millicores, self.request_millicores, "m")
        return self


class GpuBudget(Model):
    """GPU memory: what is always held (sums must fit), and what it may burst to (never above the card)."""

    card: Name | None = None
    """Key of the card; needed only on a machine with several."""
    request_mib: MemoryMib = Field(alias="request")
    """Always held; with contexts and the desktop's reserve, the sum over a card must fit."""
    limit_mib: MemoryMib = Field(alias="limit")
    """What it may burst to; never above the card."""
    processes: int = Field(default=1, ge=1, le=60)
    """CUDA processes; each costs a context."""
    enforcement: Enforcement
    """What caps it at run time."""

    @model_validator(mode="after")
    def _limit_covers_request(self) -> GpuBudget:
        _ensure_covers(self.limit_mib, self.request_mib, " MiB")
        return self
