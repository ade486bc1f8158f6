"""Outputs of a machine's component: components write them, policies read them.

A key is the field's name in camelCase, or the key in its metadata. `outputs` writes an instance and `published_fields`
serves readers, so that neither spells a key. None is not published. For a container's own values, see
`fleet/labels.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, NamedTuple

Count = int
"""A whole number of 1 or more; less reads as absent."""


def _key(key: str) -> dict[str, Any]:
    return {"key": key}


MONTHLY_COST = "monthlyCostUsd"
_FOR_PEOPLE = {"for_people": True}
"""Shown by `pulumi stack`, and not read by policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A GPU of a Docker machine. Memory in MiB."""

    model: str = ""
    device: str = ""
    """Index, UUID or CDI name."""
    cuda: str = ""
    """Newest CUDA version of its driver."""
    capacity_mib: int = 0
    desktop_reserve_mib: int = 0
    context_mib: int = 0
    """Memory of one CUDA context."""
    unified: bool = False
    """Whether it uses the machine's main memory."""
    vendor: str = "nvidia"
    """Maker: `nvidia`, `amd` or `intel`."""
    mps: bool = False
    """Whether an MPS control daemon serves it."""
    mps_uid: int | None = None
    mps_clients_max: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Identical nodes of a cluster. Memory in MiB, per node and per card."""

    nodes: int = 0
    cpus: int = field(default=0, metadata=_FOR_PEOPLE)
    memory_mib: int = 0
    arch: str = ""
    gpus: int = 0
    """Cards per node."""
    gpu_model: str = ""
    gpu_vendor: str = "nvidia"
    gpu_resource: str = ""
    """Extended resource by which containers request a card; NVIDIA's for the sharing if empty."""
    cuda: str = ""
    gpu_memory_mib: int = 0
    sharing: str = field(default="none", metadata=_key("gpuSharing"))
    """Allocation of cards: `none`, `whole-device`, `shared-device` or `memory-amount`."""
    shared_replicas: Count = 1
    context_mib: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Traffic to a LAN address."""

    machine: str = ""
    """Machine with this address."""
    encryption: str | None = None
    accepted: str | None = field(default=None, metadata=_key("none"))
    """Why it is not encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCost:
    """US dollars per month at three loads."""

    idle: float
    expected: float
    maximum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine, cluster or cloud project. Each target sets what it has."""

    name: str = field(default="", metadata=_key("machine"))
    memory_mib: int = 0
    memory_reserve_mib: int = 0
    lan_address: str = ""
    subnets: Mapping[str, str] | None = None
    """Every container subnet of the fleet: network name -> CIDR."""
    allowed_overlaps: tuple[str, ...] | None = None
    """CIDRs inside Docker's default pools on purpose."""
    start_after: Mapping[str, tuple[str, ...]] | None = None
    """Every group of the fleet -> groups it starts after."""
    agents: Mapping[str, int] | None = None
    """Group of the stack -> number of agents, if any."""
    links: Mapping[str, Link] | None = None
    monthly_cost_usd: MonthlyCost | None = field(default=None, metadata=_key(MONTHLY_COST))
    """Only for stacks with a budget, like the next two, so that no other state changes with prices."""
    monthly_cost_unknown: tuple[str, ...] | None = None
    """Unpriced items."""
    monthly_budget_usd: float | None = None

    device_class: str | None = None
    arch: str | None = None
    cards: Mapping[str, Card] | None = field(default=None, metadata=_key("gpus"))
    memory_enforced: str | None = None
    """On a single-board computer: `on`, `off` or `unstated`."""

    pools: Mapping[str, Pool] | None = field(default=None, metadata=_key("nodePools"))
    pool_label: str | None = None
    """Node label that names the pool."""

    project: str | None = field(default=None, metadata=_FOR_PEOPLE)
    project_number: int | None = field(default=None, metadata=_FOR_PEOPLE)
    regions: tuple[str, ...] | None = field(default=None, metadata=_FOR_PEOPLE)
    front_door: str | None = field(default=None, metadata=_FOR_PEOPLE)
    secret_versions: Mapping[str, int] | None = field(default=None, metadata=_FOR_PEOPLE)


class PublishedField(NamedTuple):
    """A field and its key. type: its annotation without None; default: the value if the key is absent."""

    name: str
    key: str
    type: str
    default: Any
    for_people: bool


@cache
def published_fields(kind: type) -> tuple[PublishedField, ...]:
    """The fields of a class of this module."""
    return tuple(
        PublishedField(
            one.name,
            one.metadata.get("key", _camel_case(one.name)),
            str(one.type).removesuffix(" | None"),
            None if one.default is MISSING else one.default,
            one.metadata.get("for_people", False),
        )
        for one in fields(kind)
    )


def outputs(published: Any) -> dict[str, Any]:
    """An instance as plain data, for `register_outputs`."""
    values = {each.key: _plain(getattr(published, each.name)) for each in published_fields(published.__class__)}
    return {key: value for key, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return outputs(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
