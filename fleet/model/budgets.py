"""Requests and limits of a container: memory, CPU, GPU memory."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from fleet.model.base import Model, Name, Whole
from fleet.model.quantities import MemoryMib, Millicores

MEMORY_MIB_MIN = 6
"""Docker refuses a container with less memory (linuxMinMemory of its daemon)."""


def _enough(mib: int) -> int:
    if mib < MEMORY_MIB_MIN:
        msg = f"{mib} MiB is below {MEMORY_MIB_MIN} MiB, the least that Docker takes; raise it"
        raise ValueError(msg)
    return mib


ContainerMemoryMib = Annotated[MemoryMib, AfterValidator(_enough)]


class Enforcement(StrEnum):
    """What enforces a container's GPU memory limit at run time."""

    ADVISORY = "advisory"
    """Nothing: the limit is for planning only."""
    FRAMEWORK = "framework"
    """The framework limits its own allocations to a fraction of the card."""
    MPS = "mps"
    """MPS limits each client process."""
    HAMI = "hami-core"
    """HAMi limits the container."""
    EXCLUSIVE = "exclusive"
    """The container has the whole device."""


def _ensure_covers(limit: int, request: int, unit: str) -> None:
    if limit < request:
        msg = f"limit {limit}{unit} is below request {request}{unit}; raise limit or lower request"
        raise ValueError(msg)


class MemoryBudget(Model):
    """Main memory. Without a limit, the request is the limit."""

    request_mib: ContainerMemoryMib = Field(alias="request")
    """Reserved memory; the sum of all requests must fit the machine."""
    limit_mib: ContainerMemoryMib | None = Field(default=None, alias="limit")
    """Maximum memory; a container that uses more is killed."""

    @property
    def cap_mib(self) -> int:
        """Maximum memory of the container."""
        return self.limit_mib or self.request_mib

    @model_validator(mode="after")
    def _limit_covers_request(self) -> MemoryBudget:
        _ensure_covers(self.cap_mib, self.request_mib, " MiB")
        return self


class CpuBudget(Model):
    """CPU time in millicores."""

    request_millicores: Millicores = Field(default=500, alias="request")
    """Reserved CPU time; the sum of all requests should fit the machine."""
    limit_millicores: Millicores = Field(alias="limit", ge=100)
    """Maximum CPU time; the container is throttled above it."""

    @model_validator(mode="after")
    def _limit_covers_request(self) -> CpuBudget:
        _ensure_covers(self.limit_millicores, self.request_millicores, "m")
        return self


class GpuBudget(Model):
    """GPU memory: the request is always held, and usage may burst to the limit."""

    card: Name | None = None
    """Key of the card; required only on a machine with several."""
    request_mib: MemoryMib = Field(alias="request")
    """GPU memory that is always held; with CUDA contexts and the desktop reserve, the sum must fit the card."""
    limit_mib: MemoryMib = Field(alias="limit")
    """Maximum GPU memory; at most the card's."""
    processes: Whole = Field(default=1, ge=1, le=60)
    """CUDA processes; each needs one context."""
    enforcement: Enforcement
    """What enforces the limit at run time."""

    @model_validator(mode="after")
    def _limit_covers_request(self) -> GpuBudget:
        _ensure_covers(self.limit_mib, self.request_mib, " MiB")
        return self
