"""A stack: one machine and the groups it runs; and the fleet: every stack and group together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from fleet.model.base import Model, Name
from fleet.model.group import ContainerGroup
from fleet.model.machine import Machine


class Images(Model):
    """How the images we build are named: `<registry>/<group>:<tag>`."""

    registry: str = Field(default="fleet.local", pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._/-]+)?$")
    """`fleet.local` is no host: such images are built on the machine itself and never pulled."""
    tag: str = Field(default="0.1.0", pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")


class Stack(Model):
    """One machine or cloud: what `Pulumi.<stack>.yaml` says under `config`."""

    name: Name
    machine: Machine
    groups: tuple[Name, ...] = ()
    sandbox: bool = False
    """Outside the fleet: runs groups again, small, without GPU, with stand-in agents."""
    without_gpu: bool = False
    """Runs its groups without a GPU: no device is asked for, and no GPU memory is reserved."""
    images: Images = Field(default_factory=Images)

    @property
    def gives_gpus(self) -> bool:
        """Whether its groups get the GPUs they ask for."""
        return not (self.sandbox or self.without_gpu)

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

    @property
    def members(self) -> tuple[Stack, ...]:
        """The stacks that make up the fleet: all but the sandboxes."""
        return tuple(stack for stack in self.stacks.values() if not stack.sandbox)

    def home_of(self, group: str) -> Stack | None:
        """The stack of the fleet that runs a group; None where none does."""
        return next((stack for stack in self.members if group in stack.groups), None)
