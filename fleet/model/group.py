"""A container group: the unit of placement; one main container and its sidecars."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import AbsolutePath, EnvName, FrozenMap, Model, Name, PortNumber
from fleet.model.budgets import CpuBudget, GpuBudget, MemoryBudget
from fleet.model.cost import ExpectedLoad
from fleet.model.hardening import Hardening
from fleet.model.operation import Rollout, RolloutStrategy, Scaling, Tier
from fleet.model.program import Agent, Build, Image
from fleet.model.quantities import MemoryMib, Seconds
from fleet.model.volume import Volume
from fleet.model.waiver import RuleId, Waiver

MAIN = "main"
"""Key of the container every group has; the others are its sidecars."""

EXTENDS = "extends"
"""Key of a group file that names the one it is laid over."""

DEFAULT_PORT = 8000
"""Port agents answer on inside a container, and the health check's."""

SECRETS_PATH = "/run/secrets"
"""Folder inside a container that holds its secrets."""

RESERVED_PATHS = ("/dev/shm", SECRETS_PATH)  # noqa: S108  (mount points in the container)

AgentName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60)]
EndpointRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$")]

OutsideRef = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[1-9][0-9]{0,4}$")]


class Health(Model):
    """How a container shows that it works: an HTTP path, or a command of the image."""

    path: str = Field(default="/health", pattern=r"^/\S*$")
    """HTTP path that tells whether it works."""
    ready_path: str = Field(default="", pattern=r"^(/\S*)?$")
    """HTTP path that tells whether it takes requests; the agent host's own where its image is built here."""
    port: PortNumber = DEFAULT_PORT
    """Where the path is asked for."""
    command: tuple[str, ...] = ()
    """Instead of the HTTP check, for a ready image that has its own."""
    interval_s: Seconds = Field(default=30, alias="interval")
    """Time between two checks."""
    timeout_s: Seconds = Field(default=10, alias="timeout")
    """Time a check may take."""
    retries: int = Field(default=3, ge=1, le=100)
    """Checks that may fail in a row."""
    start_period_s: Seconds = Field(default=60, alias="start_period")
    """Time in which a failed check does not count yet."""

    @property
    def by_command(self) -> bool:
        """Whether only the command can tell: an image that states both is asked over HTTP, without a process in it."""
        return bool(self.command) and "path" not in self.model_fields_set

    @property
    def deadline_s(self) -> int:
        """Seconds after which a container that is not healthy never will be."""
        return self.start_period_s + self.retries * (self.interval_s + self.timeout_s)


class Mount(Model):
    """A volume inside a container."""

    path: AbsolutePath
    """Where it lies in the container."""
    read_only: bool = False
    """Whether the container may only read it."""


class Container(Model):
    """One container of a group."""

    build: Build | None = None
    """The image is made of agents of your own; either this or `image`."""
    image: Image | None = None
    """A ready image; either this or `build`."""
    command: tuple[str, ...] = ()
    """Replaces the image's command; an image we build starts the agent host."""
    agents: FrozenMap[AgentName, Agent] = Field(default_factory=dict, validate_default=True)
    """Agent's name -> how it is started; `{}` where its name says all."""
    memory: MemoryBudget
    """Main memory: what is set aside, and the cap."""
    cpu: CpuBudget
    """Processor time: what is set aside, and the cap."""
    gpu: GpuBudget | None = None
    """GPU memory: what is always held, and what it may burst to."""
    shared_memory_mib: MemoryMib = Field(default=64, alias="shared_memory")
    """Size of /dev/shm; PyTorch data loaders want more than Docker's 64 MiB."""
    mounts: FrozenMap[Name, Mount] = Field(default_factory=dict, validate_default=True)
    """Volume -> where it lies in the container."""
    devices: tuple[AbsolutePath, ...] = ()
    """Host devices, such as /dev/snd."""
    env: FrozenMap[EnvName, str] = Field(default_factory=dict, validate_default=True)
    """Plain settings; a value that is secret is named under `secrets` instead."""
    secrets: tuple[Name, ...] = ()
    """Names of secrets, given as files under /run/secrets; no value ever stands in these files."""
    health: Health = Field(default_factory=Health)
    """How it shows that it works; without it, GET /health on 8000."""
    hardening: Hardening = Field(default_factory=Hardening)
    """Its locks, all closed without this."""
    restart: Literal["always", "on-failure", "no"] = "always"
    """What happens when it ends by itself."""
    restarts_max: int = Field(default=5, ge=1, le=10)
    """Restarts over the container's whole life, for `on-failure`."""
    stop_grace_s: Seconds = Field(default=30, alias="stop_grace")
    """Time between SIGTERM and SIGKILL."""
    waivers: FrozenMap[RuleId, Waiver] = Field(default_factory=dict, validate_default=True)
    """Rules of the policies that this container may break, beside its group's."""

    @property
    def has_agent_host(self) -> bool:
        """Whether the agent host runs in it: a ready image has its own program, and so has a folder's."""
        return self.build is not None and not self.build.context

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Container:
        if (self.build is None) == (self.image is None):
            what = "neither build nor image is" if self.build is None else "build and image are both"
            msg = f"{what} given; give build for agents of your own, or image for a ready one"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _nothing_is_mounted_twice(self) -> Container:
        paths = [*(mount.path for mount in self.mounts.values()), *self.hardening.tmpfs]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            msg = f"two things are mounted at {twice[0]}; give each a path of its own (hardening.tmpfs counts too)"
            raise ValueError(msg)
        ours = sorted(path for path in paths if path in RESERVED_PATHS or path.startswith(f"{SECRETS_PATH}/"))
        if ours:
            msg = f"{ours[0]} is mounted by the fleet itself; use shared_memory or secrets, or another path"
            raise ValueError(msg)
        again = sorted({name for name in self.secrets if self.secrets.count(name) > 1})
        if again:
            msg = f"secrets names {', '.join(again)} twice; keep one"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _gpu_and_budget_go_together(self) -> Container:
        if self.build is not None and self.build.context:
            return self
        cuda = self.build is not None and self.build.variant == "cuda"
        if cuda and self.gpu is None:
            msg = "build.variant is cuda, but there is no GPU budget; add gpu with request, limit and enforcement"
            raise ValueError(msg)
        if self.gpu is not None and self.build is not None and not cuda:
            msg = "gpu gives a GPU budget, but build.variant is cpu; set build.variant to cuda, or drop gpu"
            raise ValueError(msg)
        return self


class Port(Model):
    """A port of the group, reachable by name on its machine."""

    port: PortNumber = DEFAULT_PORT
    """Port inside the container."""
    protocol: Literal["tcp", "udp"] = "tcp"
    """Transport."""
    scheme: Literal["tcp", "http"] = "tcp"
    """How its address starts: `tcp://` or `http://`."""
    container: Name = MAIN
    """The container that answers."""
    service: Name | None = None
    """Role it plays in the fleet (`observability`, `discovery`): names it `<machine>-<service>` elsewhere."""
    host_port: PortNumber | None = None
    """Port on the machine's LAN address, opened only once another machine needs it."""


class ContainerGroup(Model):
    """What runs together, is placed together and shares volumes and a budget."""

    name: Name
    system: Name
    """The folder it lies in."""
    extends: Name | None = None
    """Group whose file this one is laid over: maps key by key, lists and values as a whole; `null` drops a key."""
    description: str = ""
    """What it does, in a sentence."""
    optional: bool = False
    """Runs only where a stack names it; any other group that is on no machine is a fault."""
    machine_memory_above_mib: MemoryMib | None = Field(default=None, alias="machine_memory_above")
    """Meant for machines with more main memory than this: a smaller one has better use for a smaller group."""
    tenant: Name | None = None
    """Groups of different tenants cannot reach each other. A group without one is shared: it is reached by the groups
    that name it as a peer."""
    containers: FrozenMap[Name, Container] = Field(min_length=1)
    """Containers that are placed together: `main`, and its sidecars by names of their own."""
    ports: FrozenMap[Name, Port] = Field(default_factory=lambda: {MAIN: {"port": DEFAULT_PORT}}, validate_default=True)
    """Port's key -> where it answers; without it, `main` on 8000."""
    volumes: FrozenMap[Name, Volume] = Field(default_factory=dict, validate_default=True)
    """Storage that it owns: volume's name -> how it is kept."""
    start_after: tuple[Name, ...] = ()
    """Groups that must be healthy first."""
    peers: tuple[EndpointRef, ...] = ()
    """Endpoints it talks to: `<group>` or `<group>/<port>`."""
    outside: tuple[OutsideRef, ...] = ()
    """What it talks to on the internet: `host:port`, such as `api.anthropic.com:443`."""
    tier: Tier = Tier.STANDARD
    """How much it matters when room is short."""
    scaling: Scaling = Field(default_factory=Scaling)
    """How many copies run, where the target can run several."""
    rollout: Rollout = Field(default_factory=Rollout)
    """How a new version takes over."""
    load: ExpectedLoad = Field(default_factory=ExpectedLoad)
    """What it is expected to do: what `fleet cost` reckons with."""
    waivers: FrozenMap[RuleId, Waiver] = Field(default_factory=dict, validate_default=True)
    """Rules of the policies that it may break: id of a rule -> why, and until when."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of all agents, main container first."""
        order = sorted(self.containers, key=lambda key: key != MAIN)
        return tuple(name for key in order for name in self.containers[key].agents)

    @property
    def whose(self) -> str:
        """Its tenant in words."""
        return f"tenant {self.tenant}" if self.tenant else "no tenant"

    @property
    def single_writer_volumes(self) -> tuple[str, ...]:
        """Volumes it owns whose files take one writer."""
        return tuple(name for name, volume in self.volumes.items() if volume.writers == "one")

    @model_validator(mode="after")
    def _one_writer_means_one_copy(self) -> ContainerGroup:
        if not self.single_writer_volumes:
            return self
        owned = self.single_writer_volumes[0]
        if self.scaling.max > 1:
            msg = f"scaling.max is {self.scaling.max}, but volumes.{owned} takes one writer; set it to 1"
            raise ValueError(msg)
        if self.rollout.has_two_tracks:
            msg = (
                f'rollout.strategy "{self.rollout.strategy}" runs two versions, but volumes.{owned} takes one writer; '
                f"use {RolloutStrategy.RECREATE}"
            )
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _has_a_main_container(self) -> ContainerGroup:
        if MAIN not in self.containers:
            msg = f'no container is called "{MAIN}"; rename {next(iter(self.containers))}'
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _ports_point_at_containers(self) -> ContainerGroup:
        for key, port in self.ports.items():
            if port.container not in self.containers:
                has = ", ".join(self.containers)
                msg = f"ports.{key}.container: {port.container} is no container of the group; use {has}"
                raise ValueError(msg)
        return self
