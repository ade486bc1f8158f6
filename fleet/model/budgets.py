"""Requests and limits of a container: memory, CPU, GPU memory."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from fleet.model.base import Breach, Model, Name, Whole, rule
from fleet.model.quantities import MemoryMib, Millicores

MEMORY_MIB_MIN = 6
"""Docker refuses a container with less memory (linuxMinMemory of its daemon)."""


def _enough(mib: int) -> int:
    if mib < MEMORY_MIB_MIN:
        msg = f"{mib} MiB is below {MEMORY_MIB_MIN} MiB, the least that Docker takes; raise it"
        raise ValueError(msg)
    return mib


ContainerMemoryMib = Annotated[MemoryMib, AfterValidator(_enough)]


def _at_least(least: int, why: str) -> AfterValidator:
    def check(millicores: int) -> int:
        if millicores < least:
            msg = f"{millicores}m is below {least}m, {why}; raise it"
            raise ValueError(msg)
        return millicores

    return AfterValidator(check)


CpuRequest = Annotated[Millicores, _at_least(2, "the smallest weight of a Linux control group")]
"""Docker and Kubernetes turn a request into CPU shares, 1024 for a CPU; the kernel takes no fewer than 2."""

CpuLimit = Annotated[Millicores, _at_least(10, "the least that Docker takes")]
"""The kernel grants 1 ms of each period of 100 ms at least; Docker refuses less."""


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


_RAISE_OR_LOWER = "raise limit or lower request"


def _below_request(limit_mib: int, request_mib: int, remedy: str = _RAISE_OR_LOWER) -> Iterator[Breach]:
    if limit_mib < request_mib:
        yield ("limit",), f"{limit_mib} MiB is below request {request_mib} MiB; {remedy}"


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

    @rule
    def _limit_covers_request(self) -> Iterator[Breach]:
        return _below_request(self.cap_mib, self.request_mib)


class CpuBudget(Model):
    """CPU time in millicores."""

    request_millicores: CpuRequest = Field(default=500, alias="request")
    """Reserved CPU time; the sum of all requests should fit the machine."""
    limit_millicores: CpuLimit = Field(alias="limit")
    """Maximum CPU time; the container is throttled above it."""

    @rule
    def _limit_covers_request(self) -> Iterator[Breach]:
        if self.limit_millicores < self.request_millicores:
            text = f"{self.request_millicores}m is above limit {self.limit_millicores}m; {_RAISE_OR_LOWER}"
            yield ("request",), text


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

    @rule
    def _limit_covers_request(self) -> Iterator[Breach]:
        # The card may be no larger than the limit.
        return _below_request(self.limit_mib, self.request_mib, "lower request, or raise limit within the card")
