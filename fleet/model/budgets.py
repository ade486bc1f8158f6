"""Requests and limits of a container: memory, CPU, GPU memory."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationError, WithJsonSchema

from fleet.model.base import NAME_LENGTH_MAX, NAME_PATTERN, Breach, BreachesError, Distinct, Model, Name, Whole, rule
from fleet.model.quantities import MemoryMib, Millicores
from fleet.source.redaction import shown

MEMORY_MIB_MIN = 6
"""Docker refuses a container with less memory (linuxMinMemory of its daemon)."""


def _enough(mib: int) -> int:
    if mib < MEMORY_MIB_MIN:
        msg = f"{mib} MiB is below {MEMORY_MIB_MIN} MiB, the minimum of container runtimes; raise it"
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

CpuLimit = Annotated[Millicores, _at_least(10, "the smallest quota of a Linux control group")]
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


CARDS_MAX = 16
"""Cards of one container; no machine has more."""

_NAME = TypeAdapter(Name)


def _as_cards(value: object) -> int | str | tuple[str, ...]:
    if isinstance(value, list | tuple) and value:
        return _distinct_names(value)
    if value == "all":
        return "all"
    if type(value) is not int:
        msg = f"{shown(value)} is no number of cards; write a number, all, or a list of cards like [gpu0, gpu1]"
        raise ValueError(msg)
    if not 1 <= value <= CARDS_MAX:
        msg = f"{value} cards cannot be used; write a number from 1 to {CARDS_MAX}"
        raise ValueError(msg)
    return value


def _distinct_names(value: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    wrong: list[Breach] = []
    names: list[str] = []
    for index, item in enumerate(value):
        try:
            name = _NAME.validate_python(item)
        except ValidationError:
            wrong.append(((index,), f"{shown(item)} is no name of a card; use a key of machine.gpus, such as gpu0"))
            continue
        if name in names:
            wrong.append(((index,), f"lists {name} twice; keep one"))
        names.append(name)
    if wrong:
        raise BreachesError(wrong)
    return tuple(names)


Cards = Annotated[
    int | Literal["all"] | tuple[str, ...],
    PlainValidator(_as_cards),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": CARDS_MAX},
                {"const": "all"},
                {
                    "type": "array",
                    "items": {"type": "string", "pattern": NAME_PATTERN, "minLength": 2, "maxLength": NAME_LENGTH_MAX},
                    "minItems": 1,
                    "maxItems": CARDS_MAX,
                    "uniqueItems": True,
                },
            ]
        }
    ),
]
"""A number of cards, `all`, or the keys of cards."""


GPU_MIB_MIN = 20
"""PyTorch's allocator reserves blocks of 2 and of 20 MiB (kLargeBuffer of c10/cuda/CUDACachingAllocator)."""


class DriverCapability(StrEnum):
    """A part of NVIDIA's driver that a container gets (NVIDIA Container Toolkit, "Driver Capabilities")."""

    COMPUTE = "compute"
    """CUDA and OpenCL."""
    UTILITY = "utility"
    """nvidia-smi and NVML."""
    VIDEO = "video"
    """Encoding and decoding."""
    GRAPHICS = "graphics"
    """OpenGL and Vulkan."""
    DISPLAY = "display"
    """An X11 display."""


class GpuBudget(Model):
    """GPU memory on each card: the request is always held, and usage may burst to the limit."""

    card: Name | None = None
    """Key of the only card; required on a machine with several, unless `cards` is set."""
    cards: Cards = 1
    """Cards of the container: a number, `all` cards of the machine, or a list of keys, as for tensor parallelism. A
    number smaller than the machine's cards needs names. Excludes `card`."""
    request_mib: MemoryMib = Field(alias="request")
    """GPU memory that is always held on each card; with CUDA contexts and the desktop reserve, the sum must fit the
    card."""
    limit_mib: MemoryMib = Field(alias="limit")
    """Maximum GPU memory on each card; at most the card's."""
    processes: Whole = Field(default=1, ge=1, le=60)
    """CUDA processes on each card; each needs one context."""
    enforcement: Enforcement
    """What enforces the limit at run time."""
    capabilities: Annotated[Distinct[DriverCapability], Field(min_length=1)] = (
        DriverCapability.COMPUTE,
        DriverCapability.UTILITY,
    )
    """Parts of NVIDIA's driver that the container gets: add `video` to encode and decode, `graphics` to draw."""

    @property
    def named(self) -> tuple[str, ...]:
        """Keys of the cards that it names."""
        if isinstance(self.cards, tuple):
            return self.cards
        return (self.card,) if self.card else ()

    @property
    def count(self) -> int | None:
        """Number of cards; None for all of a machine."""
        if isinstance(self.cards, tuple):
            return len(self.cards)
        return self.cards if isinstance(self.cards, int) else None

    @rule
    def _cards_are_said_once(self) -> Iterator[Breach]:
        if self.card is not None and "cards" in self.model_fields_set:
            yield ("cards",), "card and cards are both set; keep card for one, or cards for several"

    @rule
    def _limit_covers_request(self) -> Iterator[Breach]:
        # The card may be no larger than the limit.
        return _below_request(self.limit_mib, self.request_mib, "lower request, or raise limit within the card")

    @rule
    def _limit_holds_a_block(self) -> Iterator[Breach]:
        # MPS has a fault of its own for less than a MiB per process.
        by_mps = self.enforcement is Enforcement.MPS and self.limit_mib < self.processes
        if self.limit_mib < GPU_MIB_MIN * self.processes and not by_mps:
            problem = f"{self.limit_mib} MiB is below {GPU_MIB_MIN} MiB a process, one block of PyTorch's allocator"
            yield ("limit",), f"{problem}; raise it"
