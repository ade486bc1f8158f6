"""A container group: a main container and its sidecars, the unit of placement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from fleet.model.base import (
    Breach,
    Distinct,
    Flag,
    Form,
    FrozenMap,
    Model,
    Name,
    rule,
)
from fleet.model.container import Container
from fleet.model.cost import ExpectedLoad
from fleet.model.hosts import HostAlias, HostTarget, OutsideRef
from fleet.model.operation import Rollout, RolloutStrategy, Scaling, Tier
from fleet.model.port import DEFAULT_PORT, EVERY_ADDRESS, EVERY_ADDRESS_RULE, MAIN, Port
from fleet.model.quantities import MemoryMib
from fleet.model.volume import Volume
from fleet.model.waiver import RuleId, Waiver

EXTENDS = "extends"
"""Key that names the group whose file this one extends."""

EndpointRef = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$"),
    Form("write it like core-platform or core-platform/main"),
]


class ContainerGroup(Model):
    """Containers that are placed together and share volumes."""

    name: Name
    system: Name
    """Folder of the file."""
    extends: Name | None = None
    """Group whose file this one extends: maps are merged, lists and values replaced; `null` removes a key."""
    description: str = ""
    """One-sentence description."""
    optional: Flag = False
    """Whether it may run on no machine; for any other group this is a fault."""
    machine_memory_above_mib: MemoryMib | None = Field(default=None, alias="machine_memory_above")
    """Requires a machine with more memory than this: smaller machines suit smaller groups."""
    tenant: Name | None = None
    """Groups of different tenants are isolated. A group without a tenant is shared by the groups that name it as a
    peer."""
    containers: FrozenMap[Name, Container] = Field(min_length=1)
    """The `main` container and its sidecars."""
    ports: FrozenMap[Name, Port] = Field(default_factory=lambda: {MAIN: {"port": DEFAULT_PORT}}, validate_default=True)
    """Endpoint -> its port; defaults to `main` on 8000."""
    volumes: FrozenMap[Name, Volume] = Field(default_factory=dict, validate_default=True)
    """Volumes that it owns."""
    start_after: Distinct[Name] = ()
    """Groups that must be healthy before it starts."""
    peers: Distinct[EndpointRef] = ()
    """Endpoints that it connects to: `<group>` or `<group>/<port>`."""
    hosts: FrozenMap[HostAlias, HostTarget] = Field(default_factory=dict, validate_default=True)
    """Names that its containers resolve besides those of the fleet: name -> IPv4 address, or `host-gateway` for the
    machine itself. On Docker only."""
    outside: Distinct[OutsideRef] = ()
    """Internet hosts that it connects to: `host:port`, such as `api.anthropic.com:443`."""
    tier: Tier = Tier.STANDARD
    """Priority when capacity is short."""
    scaling: Scaling = Field(default_factory=Scaling)
    """Number of replicas, on targets that support several."""
    rollout: Rollout = Field(default_factory=Rollout)
    """How a new version is rolled out."""
    load: ExpectedLoad = Field(default_factory=ExpectedLoad)
    """Expected load, used by `fleet cost`."""
    waivers: FrozenMap[RuleId, Waiver] = Field(default_factory=dict, validate_default=True)
    """Policy rules that it may violate: rule id -> reason and end date."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of all agents, the main container's first."""
        order = sorted(self.containers, key=lambda key: key != MAIN)
        return tuple(name for key in order for name in self.containers[key].agents)

    @property
    def is_job(self) -> bool:
        """Whether it runs to its end."""
        return MAIN in self.containers and self.containers[MAIN].once

    @property
    def whose(self) -> str:
        """Its tenant, as text."""
        return f"tenant {self.tenant}" if self.tenant else "no tenant"

    @property
    def single_writer_volumes(self) -> tuple[str, ...]:
        """Its volumes that allow one writer."""
        return tuple(name for name, volume in self.volumes.items() if volume.writers == "one")

    @rule
    def _one_writer_means_one_copy(self) -> Iterator[Breach]:
        if not self.single_writer_volumes:
            return
        owned = self.single_writer_volumes[0]
        if self.scaling.max > 1:
            text = f"{self.scaling.max} copies, but volumes.{owned} allows one writer; set it to 1"
            yield ("scaling", "max"), text
        if self.rollout.has_two_tracks:
            problem = f'"{self.rollout.strategy}" runs two versions'
            problem = f"{problem}, but volumes.{owned} allows one writer"
            yield ("rollout", "strategy"), f"{problem}; use {RolloutStrategy.RECREATE}"

    @rule
    def _job_ends(self) -> Iterator[Breach]:
        once = {key for key, container in self.containers.items() if container.once}
        for key, port in self.ports.items() if "ports" in self.model_fields_set else ():
            if port.container in once:
                yield ("ports", key), f"{port.container} runs once and serves nobody; drop it"
        if not self.is_job:
            return
        for key in self.containers.keys() - once:
            yield ("containers", key, "run"), f'"always", but {MAIN} runs once and the group ends with it; set once'
        if self.scaling.max > 1:
            yield ("scaling", "max"), f"{self.scaling.max} copies, but {MAIN} runs once; set it to 1"
        if self.rollout.has_two_tracks:
            text = f'"{self.rollout.strategy}" runs two versions, but {MAIN} runs once; use {RolloutStrategy.RECREATE}'
            yield ("rollout", "strategy"), text

    @rule
    def _every_address_needs_a_waiver(self) -> Iterator[Breach]:
        for key, port in self.ports.items():
            owner = self.containers.get(port.container)
            waivers = {*self.waivers, *(owner.waivers if owner else ())}
            if port.publish == EVERY_ADDRESS and EVERY_ADDRESS_RULE not in waivers:
                problem = f"{EVERY_ADDRESS} opens it on every network of the machine, past its firewall"
                remedy = f"use lan or localhost, or add waivers.{EVERY_ADDRESS_RULE} with reason and until"
                yield ("ports", key, "publish"), f"{problem}; {remedy}"

    @rule
    def _named_containers_exist(self) -> Iterator[Breach]:
        if MAIN not in self.containers:
            yield ("containers",), f'container "{MAIN}" is missing; rename {next(iter(self.containers))}'
        for key, port in self.ports.items():
            if port.container not in (*self.containers, MAIN):
                choice = ", ".join(self.containers)
                yield ("ports", key, "container"), f"unknown container {port.container}; use {choice}"
