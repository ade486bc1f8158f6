"""A stack: a machine and its groups; and the fleet: all stacks and groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from fleet.model.base import Breach, Distinct, FrozenMap, Model, Name, rule
from fleet.model.container import Container
from fleet.model.cost import BudgetUsd, Usd
from fleet.model.device import Target
from fleet.model.gpu import Gpu
from fleet.model.group import ContainerGroup
from fleet.model.image_names import Digest, ImageReference, Registry, Tag
from fleet.model.machine import Machine
from fleet.model.operation import RolloutState
from fleet.model.port import MAIN, Port
from fleet.source.defaults import DOMAIN
from fleet.source.dockerfile import Dockerfile
from fleet.source.image_locks import Lock
from fleet.source.redaction import shown

LOCAL_REGISTRY = DOMAIN
"""Not a host: its images are built on the machine and never pulled."""


def _as_switch(value: object) -> object:
    if value not in (True, False, "true", "false") or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        msg = f"{shown(value)} is neither true nor false; write true or false"
        raise ValueError(msg)
    return value in (True, "true")


_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


def _as_number(value: object) -> object:
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


# `pulumi config set` writes every value at the top as text.
_TopUsd = Annotated[Usd, BeforeValidator(_as_number)]
_TopBudgetUsd = Annotated[BudgetUsd, BeforeValidator(_as_number)]

Switch = Annotated[bool, BeforeValidator(_as_switch), WithJsonSchema({"enum": [True, False, "true", "false"]})]
"""A flag at the top of a stack's configuration, which Pulumi may write as a string."""


class Images(Model):
    """Names of the images built here: `<registry>/<group>:<tag>`."""

    registry: Registry = LOCAL_REGISTRY
    """Registry of the images; `fleet.local` builds them on the machine."""
    tag: Tag = "0.1.0"
    """Tag; images built on the machine append a digest of all that their build is made of."""
    base: ImageReference | None = None
    """Base of the agent host's image, overriding its Dockerfile: Debian bookworm with Python 3.11 or later."""
    bases: FrozenMap[Name, ImageReference] = Field(default_factory=dict, validate_default=True)
    """Image of a folder -> base image, overriding its Dockerfile."""
    digests: FrozenMap[Name, Digest] = Field(default_factory=dict, validate_default=True)
    """Image name -> digest, to pin images from a registry."""

    @property
    def built_on_the_machine(self) -> bool:
        """Whether the images are built on the machine, and not pulled."""
        return self.registry == LOCAL_REGISTRY

    def reference(self, name: str, digest: str = "") -> str:
        """Full name of an image. digest: of its build, for an image built on the machine."""
        if self.built_on_the_machine:
            return f"{self.registry}/{name}:{self.tag}{f'-{digest}' if digest else ''}"
        pinned = f"@{self.digests[name]}" if name in self.digests else ""
        return f"{self.registry}/{name}:{self.tag}{pinned}"


class Stack(Model):
    """A machine and its groups: the `config` of `Pulumi.<stack>.yaml`."""

    name: Name
    machine: Machine
    """The machine and its capacity."""
    groups: Distinct[Name] = ()
    """Container groups that run on it, by file name."""
    modes: FrozenMap[Name, Distinct[Name]] = Field(default_factory=dict, validate_default=True)
    """Mode -> groups that use the GPUs at the same time. A group in some mode runs only in its modes; any other runs in
    all modes."""
    # Pulumi writes a null back as empty text.
    mode: Annotated[Name | None, BeforeValidator(lambda value: None if value == "" else value)] = None
    """The deployed mode. Groups of other modes are removed; their volumes are kept."""
    sandbox: Switch = False
    """Whether it is outside the fleet: runs small copies of groups, without GPU, with stand-in agents."""
    stand_ins: Switch = False
    """Runs stand-ins in place of agents, as part of the fleet: to test it before agents are ported, or on smaller
    machines."""
    without_gpu: Switch = False
    """Runs its groups without GPUs: requests no device, and reserves no GPU memory."""
    images: Images = Field(default_factory=Images)
    """Names and registry of the images built here."""
    rollouts: FrozenMap[Name, RolloutState] = Field(default_factory=dict, validate_default=True)
    """Group -> state of its blue-green or canary rollout."""
    monthly_budget_usd: _TopBudgetUsd | None = None
    """Monthly budget at the expected load; for a cloud, use `machine.cloud.budget`."""
    monthly_management_usd: _TopUsd = 0
    """Monthly cost of operations: people, and services outside these files."""

    @property
    def running(self) -> tuple[Name, ...]:
        """The deployed groups: all but those of other modes."""
        return self.running_in(self.mode)

    @property
    def by_mode(self) -> Mapping[Name | None, tuple[Name, ...]]:
        """Mode -> groups that run in it; None -> all groups for a stack without modes."""
        return {mode: self.running_in(mode) for mode in self.modes} or {None: self.groups}

    def run_together(self, one: Name, other: Name) -> bool:
        """Whether some mode runs both groups."""
        return any(one in groups and other in groups for groups in self.by_mode.values())

    def running_in(self, mode: Name | None) -> tuple[Name, ...]:
        """The groups that run in a mode, in the stack's order."""
        named = {group for groups in self.modes.values() for group in groups}
        here = frozenset(self.modes.get(mode, ()) if mode else ())
        return tuple(group for group in self.groups if group in here or group not in named)

    @property
    def budget_usd(self) -> float | None:
        """Monthly budget, if any."""
        cloud = self.machine.cloud
        return cloud.budget.monthly_usd if cloud and cloud.budget else self.monthly_budget_usd

    @property
    def gives_gpus(self) -> bool:
        """Whether its groups get the GPUs they request."""
        return not (self.runs_stand_ins or self.without_gpu)

    @property
    def shared_cards(self) -> Mapping[str, Gpu]:
        """The cards served by an MPS daemon."""
        return {name: gpu for name, gpu in self.machine.gpus.items() if gpu.mps and self.gives_gpus}

    @property
    def runs_stand_ins(self) -> bool:
        """Whether small stand-ins replace the agents, without GPU and devices."""
        return self.sandbox or self.stand_ins

    def stands_in_for(self, container: Container) -> bool:
        """Whether a stand-in replaces a container's programs. A ready image without agents runs as itself."""
        return self.runs_stand_ins and (container.image is None or bool(container.agents))

    def stand_ins_write(self, volume: str, group: ContainerGroup) -> bool:
        """Whether stand-ins alone write a volume of a group."""
        mounting = [one for one in group.containers.values() if volume in one.mounts] or [group.containers[MAIN]]
        return all(map(self.stands_in_for, mounting))

    @rule
    def _has_one_budget(self) -> Iterator[Breach]:
        if self.monthly_budget_usd is not None and self.machine.cloud and self.machine.cloud.budget:
            text = "monthly_budget_usd and machine.cloud.budget are both set; keep machine.cloud.budget"
            yield ("monthly_budget_usd",), text


@dataclass(frozen=True, slots=True)
class Fleet:
    """All stacks by name, sandboxes included, and all groups by name, unplaced ones included."""

    stacks: Mapping[str, Stack]
    groups: Mapping[str, ContainerGroup]
    image_contents: Mapping[str, str]
    """Image name -> digest of the files of its build."""
    dockerfiles: Mapping[str, Dockerfile] = field(default_factory=dict)
    """Folder of images/ -> its Dockerfile."""
    locks: Mapping[str, Lock] = field(default_factory=dict)
    """Name of a lock, which is also its image's -> lock."""
    files: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """File or folder that containers name under `files` -> path below it -> content; of a file, the path is empty."""

    @property
    def members(self) -> tuple[Stack, ...]:
        """The stacks of the fleet: all but the sandboxes."""
        return tuple(stack for stack in self.stacks.values() if not stack.sandbox)

    def on(self, target: Target) -> Iterator[Stack]:
        """The stacks of a target, sandboxes included."""
        return (stack for stack in self.stacks.values() if stack.machine.target is target)

    def placed(self, stack: Stack) -> list[ContainerGroup]:
        """The groups of a stack, without invalid ones, so that the others are still checked."""
        return [self.groups[name] for name in stack.groups if name in self.groups]

    def placed_by_mode(self, stack: Stack) -> Iterator[tuple[str | None, list[ContainerGroup]]]:
        """Each mode of a stack with its groups; (None, all) for a stack without modes."""
        for mode, groups in stack.by_mode.items():
            yield mode, [self.groups[name] for name in groups if name in self.groups]

    def containers(self, stacks: Iterable[Stack]) -> Iterator[tuple[Stack, ContainerGroup, str, Container]]:
        """(stack, group, key, container) of some stacks."""
        for stack in stacks:
            for group in self.placed(stack):
                for key, container in group.containers.items():
                    yield stack, group, key, container

    def ports(self, stacks: Iterable[Stack]) -> Iterator[tuple[Stack, ContainerGroup, str, Port]]:
        """(stack, group, key, port) of some stacks."""
        for stack in stacks:
            for group in self.placed(stack):
                for key, port in group.ports.items():
                    yield stack, group, key, port

    def home_of(self, group: str) -> Stack | None:
        """The stack of the fleet that runs a group, if any."""
        return next((stack for stack in self.members if group in stack.groups), None)
