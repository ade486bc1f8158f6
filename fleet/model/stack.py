"""A stack: one machine and the groups it runs; and the fleet: every stack and group together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import Field, StringConstraints, WithJsonSchema, model_validator

from fleet import labels
from fleet.model.base import FrozenMap, Model, Name
from fleet.model.cost import BudgetUsd, Usd
from fleet.model.device import Target
from fleet.model.gpu import Gpu
from fleet.model.group import Container, ContainerGroup, Port
from fleet.model.machine import Machine
from fleet.model.operation import RolloutState

LOCAL_REGISTRY = labels.DOMAIN
"""No host: images under it are built on the machine itself and never pulled."""

Switch = Annotated[bool, WithJsonSchema({"enum": [True, False, "true", "false"]})]
"""A flag at the top of a stack's configuration, where Pulumi writes texts."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class Images(Model):
    """How the images we build are named: `<registry>/<group>:<tag>`."""

    registry: str = Field(default=LOCAL_REGISTRY, pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._/-]+)?$")
    """Where images come from; `fleet.local` builds them on the machine itself."""
    tag: str = Field(default="0.1.0", pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")
    """Version; an image built on the machine adds a digest of what it is built from."""
    base: str = Field(default="docker.io/library/python:3.12-slim-bookworm", min_length=3, pattern=r"^\S+$")
    """What the agent host's image is built on: Debian bookworm with Python 3.11 or later."""
    bases: FrozenMap[Name, str] = Field(default_factory=dict, validate_default=True)
    """Image of a folder -> what it is built on, instead of what its Dockerfile says."""
    digests: FrozenMap[Name, Digest] = Field(default_factory=dict, validate_default=True)
    """Image name -> digest, for images that come from a registry: what runs is then exactly what was built."""

    @property
    def built_on_the_machine(self) -> bool:
        """Whether the images are made where they run, and not pulled."""
        return self.registry == LOCAL_REGISTRY

    def reference(self, name: str, contents: Mapping[str, str]) -> str:
        """Full name of an image; contents: image name -> digest of its inputs, for what is built on the machine."""
        if self.built_on_the_machine:
            suffix = f"-{contents[name]}" if name in contents else ""
            return f"{self.registry}/{name}:{self.tag}{suffix}"
        pinned = f"@{self.digests[name]}" if name in self.digests else ""
        return f"{self.registry}/{name}:{self.tag}{pinned}"


class Stack(Model):
    """One machine or cloud: what `Pulumi.<stack>.yaml` says under `config`."""

    name: Name
    machine: Machine
    """The machine, and what it has to give."""
    groups: tuple[Name, ...] = ()
    """Container groups that run on it, by the names of their files."""
    modes: FrozenMap[Name, tuple[Name, ...]] = Field(default_factory=dict, validate_default=True)
    """Mode -> groups that may hold its GPUs at the same time. A group that some mode names runs in those modes only;
    one that no mode names runs in each."""
    mode: Name | None = None
    """The mode that is deployed. Groups of other modes are taken down; their volumes stay."""
    sandbox: Switch = False
    """Outside the fleet: runs groups again, small, without GPU, with stand-in agents."""
    stand_ins: Switch = False
    """Runs stand-ins in place of agents and stays part of the fleet: to try it whole before an agent is ported, or on
    machines too small for it."""
    without_gpu: Switch = False
    """Runs its groups without a GPU: no device is asked for, and no GPU memory is reserved."""
    images: Images = Field(default_factory=Images)
    """How the images we build are named, and where they come from."""
    rollouts: FrozenMap[Name, RolloutState] = Field(default_factory=dict, validate_default=True)
    """Group -> where its blue-green or canary rollout stands."""
    monthly_budget_usd: BudgetUsd | None = None
    """What a month may cost at the expected load; a cloud's is `machine.cloud.budget`."""
    monthly_management_usd: Usd = 0
    """What looking after it costs a month: people, and services that are not in these files."""

    @property
    def running(self) -> tuple[Name, ...]:
        """The groups that are deployed: all, but those of other modes."""
        return self.running_in(self.mode)

    @property
    def by_mode(self) -> Mapping[Name | None, tuple[Name, ...]]:
        """Mode -> the groups that run in it; of a stack without modes all groups, under None."""
        return {mode: self.running_in(mode) for mode in self.modes} or {None: self.groups}

    def running_in(self, mode: Name | None) -> tuple[Name, ...]:
        """The groups that run in a mode, in the stack's order."""
        named = {group for groups in self.modes.values() for group in groups}
        here = self.modes.get(mode, ()) if mode else ()
        return tuple(group for group in self.groups if group in here or group not in named)

    @property
    def budget_usd(self) -> float | None:
        """What a month may cost; None where nobody has said."""
        cloud = self.machine.cloud
        return cloud.budget.monthly_usd if cloud and cloud.budget else self.monthly_budget_usd

    @property
    def gives_gpus(self) -> bool:
        """Whether its groups get the GPUs they ask for."""
        return not (self.runs_stand_ins or self.without_gpu)

    @property
    def shared_cards(self) -> Mapping[str, Gpu]:
        """The cards that an MPS daemon serves."""
        return {name: gpu for name, gpu in self.machine.gpus.items() if gpu.mps and self.gives_gpus}

    @property
    def runs_stand_ins(self) -> bool:
        """Whether stand-ins take the agents' place: small, without GPU, devices and secrets."""
        return self.sandbox or self.stand_ins

    @model_validator(mode="after")
    def _has_one_budget(self) -> Self:
        if self.monthly_budget_usd is not None and self.machine.cloud and self.machine.cloud.budget:
            msg = "monthly_budget_usd and machine.cloud.budget are both given; keep machine.cloud.budget"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _groups_are_named_once(self) -> Self:
        twice = sorted({name for name in self.groups if self.groups.count(name) > 1})
        if twice:
            msg = f"groups names {', '.join(twice)} twice; keep one"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every stack and every group, checked one by one and together.

    stacks: by stack name, sandboxes included; groups: by group name, those no stack runs included.
    """

    stacks: Mapping[str, Stack]
    groups: Mapping[str, ContainerGroup]
    image_contents: Mapping[str, str]
    """Image name -> digest of what it is built from."""
    image_bases: Mapping[str, str | None] = field(default_factory=dict)
    """Image of a folder -> the image of such a folder it is built on."""

    @property
    def members(self) -> tuple[Stack, ...]:
        """The stacks that make up the fleet: all but the sandboxes."""
        return tuple(stack for stack in self.stacks.values() if not stack.sandbox)

    def on(self, target: Target) -> Iterator[Stack]:
        """The stacks whose machine is of a target, sandboxes included."""
        return (stack for stack in self.stacks.values() if stack.machine.target is target)

    def placed(self, stack: Stack) -> list[ContainerGroup]:
        """The groups of a stack; those that could not be read are left out, so that the others are checked."""
        return [self.groups[name] for name in stack.groups if name in self.groups]

    def placed_by_mode(self, stack: Stack) -> Iterator[tuple[str | None, list[ContainerGroup]]]:
        """Each mode of a stack with the groups that run in it; (None, all) for a stack without modes."""
        for mode, groups in stack.by_mode.items():
            yield mode, [self.groups[name] for name in groups if name in self.groups]

    def containers(self, stacks: Iterable[Stack]) -> Iterator[tuple[Stack, ContainerGroup, str, Container]]:
        """Every container of some stacks, with its stack, group and key."""
        for stack in stacks:
            for group in self.placed(stack):
                for key, container in group.containers.items():
                    yield stack, group, key, container

    def ports(self, stacks: Iterable[Stack]) -> Iterator[tuple[Stack, ContainerGroup, str, Port]]:
        """Every port of some stacks, with its stack, group and key."""
        for stack in stacks:
            for group in self.placed(stack):
                for key, port in group.ports.items():
                    yield stack, group, key, port

    def home_of(self, group: str) -> Stack | None:
        """The stack of the fleet that runs a group; None where none does."""
        return next((stack for stack in self.members if group in stack.groups), None)
