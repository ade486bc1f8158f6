"""A container group: a main container and its sidecars, the unit of placement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from fleet.model.base import (
    Argument,
    Breach,
    Command,
    Distinct,
    EnvName,
    Flag,
    Form,
    FrozenMap,
    Model,
    Name,
    PortNumber,
    Whole,
    rule,
)
from fleet.model.budgets import CpuBudget, GpuBudget, MemoryBudget
from fleet.model.cost import ExpectedLoad
from fleet.model.hardening import Hardening
from fleet.model.hosts import HostAlias, HostTarget, OutsideRef
from fleet.model.mount_points import CODE_PATH, MountPoint, agent_host_breaches, mount_breaches
from fleet.model.operation import Rollout, RolloutStrategy, Scaling, Tier
from fleet.model.paths import AbsolutePath, DevicePath, MountPath, ProjectFile
from fleet.model.port import DEFAULT_PORT, EVERY_ADDRESS, EVERY_ADDRESS_RULE, MAIN, Port
from fleet.model.process import OwnLabel, TimeZone
from fleet.model.program import Agent, Build, Image
from fleet.model.quantities import MemoryMib, Seconds
from fleet.model.secret import Secrets, variable_breaches
from fleet.model.volume import Volume
from fleet.model.waiver import RuleId, Waiver

EXTENDS = "extends"
"""Key that names the group whose file this one extends."""

AgentName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60), Form("write it like GoalManager")
]
EndpointRef = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?$"),
    Form("write it like core-platform or core-platform/main"),
]


_HOME_FOLDER = re.compile(r"/root(?=/)|/home/[^/]+(?=/)")

_URL_PATH = "/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
_URL_FORM = Form("write a path that starts with /, like /health")
UrlPath = Annotated[str, StringConstraints(pattern=f"^{_URL_PATH}$", max_length=255), _URL_FORM]
"""Path of a URL, in ASCII."""

OptionalUrlPath = Annotated[str, StringConstraints(pattern=f"^({_URL_PATH})?$", max_length=255), _URL_FORM]
"""Path of a URL, or empty for none."""


_COMPOSE_TESTS = {
    "CMD-SHELL": "write its text as [sh, -c, <text>]",
    "CMD": "drop the word",
    "NONE": "write a command that exits with 0, such as [true]",
}
"""First word of a health check of Compose -> what to write."""


def _runs_a_program(command: tuple[str, ...]) -> tuple[str, ...]:
    if command and command[0] in _COMPOSE_TESTS:
        msg = f"{command[0]} is a word of Compose and no program of an image; {_COMPOSE_TESTS[command[0]]}"
        raise ValueError(msg)
    return command


class Health(Model):
    """Health check of a container: an HTTP path, or a command."""

    path: UrlPath = "/health"
    """HTTP path of the liveness check."""
    ready_path: OptionalUrlPath = ""
    """HTTP path of the readiness check; defaults to the agent host's for images built here."""
    port: PortNumber = DEFAULT_PORT
    """Port of the HTTP checks."""
    command: Annotated[Command, AfterValidator(_runs_a_program)] = ()
    """Command to run instead of the HTTP check, for a ready image."""
    interval_s: Seconds = Field(default=30, alias="interval")
    """Time between checks."""
    timeout_s: Seconds = Field(default=10, alias="timeout")
    """Timeout of a check."""
    retries: Whole = Field(default=3, ge=1, le=100)
    """Consecutive failures after which the container is unhealthy."""
    start_period_s: Seconds = Field(default=60, alias="start_period")
    """Time after the start in which failures are ignored."""

    @property
    def by_command(self) -> bool:
        """Whether the command is the only check: HTTP has precedence, as it needs no process in the container."""
        return bool(self.command) and "path" not in self.model_fields_set

    @property
    def deadline_s(self) -> int:
        """Seconds after which a container that is still unhealthy has failed."""
        return self.start_period_s + self.retries * (self.interval_s + self.timeout_s)


class Mount(Model):
    """A volume mounted in a container."""

    path: MountPath
    """Mount path in the container."""
    read_only: Flag = False
    """Whether it is mounted read-only."""


class Container(Model):
    """One container of a group."""

    build: Build | None = None
    """Builds the image from your agents; excludes `image`."""
    image: Image | None = None
    """A ready image; excludes `build`."""
    entrypoint: Command = ()
    """Replaces the image's entry point, and drops the image's command with it."""
    command: Command = ()
    """Replaces the image's command: arguments of its entry point. Images built here start the agent host."""
    working_dir: AbsolutePath | None = None
    """Working directory of its program; defaults to the image's."""
    init: Flag = True
    """Whether Docker's init is process 1; false for an image whose own supervisor must be, such as s6-overlay."""
    tty: Flag = False
    """Whether it has a terminal."""
    timezone: TimeZone | None = None
    """Time zone (variable TZ), such as Europe/Berlin; defaults to the machine's. The image needs the tz database."""
    labels: FrozenMap[OwnLabel, str] = Field(default_factory=dict, validate_default=True)
    """Labels for other programs, such as a proxy; annotations of the pod on a cluster."""
    agents: FrozenMap[AgentName, Agent] = Field(default_factory=dict, validate_default=True)
    """Agent name -> how to start it; `{}` for the defaults."""
    memory: MemoryBudget
    """Memory request and limit."""
    cpu: CpuBudget
    """CPU request and limit."""
    gpu: GpuBudget | None = None
    """GPU memory request and limit."""
    shared_memory_mib: MemoryMib = Field(default=64, alias="shared_memory")
    """Size of /dev/shm; PyTorch data loaders need more than Docker's 64 MiB."""
    mounts: FrozenMap[Name, Mount] = Field(default_factory=dict, validate_default=True)
    """Volume -> how it is mounted."""
    devices: Distinct[DevicePath] = ()
    """Host devices, such as /dev/snd."""
    env: FrozenMap[EnvName, Argument] = Field(default_factory=dict, validate_default=True)
    """Environment variables; secret values are named under `secrets` instead."""
    env_file: Distinct[ProjectFile] = ()
    """Files with lines NAME=value, read before `env`, which takes precedence; paths below the project's folder."""
    secrets: Secrets = Field(default_factory=dict, validate_default=True)
    """Secrets: a list of names, mounted as files under /run/secrets; or name -> how it is read. Their values are never
    in these files."""
    health: Health = Field(default_factory=Health)
    """Health check; defaults to GET /health on port 8000."""
    hardening: Hardening = Field(default_factory=Hardening)
    """Security settings; the defaults are the strictest."""
    restart: Literal["always", "on-failure", "no"] = "always"
    """Restart policy; defaults to `no` for a container that runs once."""
    run: Literal["always", "once"] = "always"
    """`once` runs it to its end: what starts after it waits for exit code 0. With a main container that runs once, the
    group is a job. A sidecar that runs once runs before the rest of its group."""
    time_limit_s: Seconds = Field(default=3600, alias="time_limit")
    """Time after which a container that runs once has failed."""
    restarts_max: Whole = Field(default=5, ge=1, le=10)
    """Maximum restarts in the container's lifetime, for `on-failure`."""
    stop_grace_s: Seconds = Field(default=30, alias="stop_grace")
    """Time between SIGTERM and SIGKILL."""
    waivers: FrozenMap[RuleId, Waiver] = Field(default_factory=dict, validate_default=True)
    """Policy rules that this container may violate, in addition to its group's."""

    @property
    def once(self) -> bool:
        """Whether it runs to its end."""
        return self.run == "once"

    @property
    def restart_policy(self) -> str:
        """The restart policy, with its default."""
        return "no" if self.once and "restart" not in self.model_fields_set else self.restart

    @property
    def secret_files(self) -> Mapping[str, str]:
        """Variable -> name of the secret with the file that it points to."""
        return {use.variable(name): name for name, use in self.secrets.items() if not use.env}

    @property
    def secret_env(self) -> Mapping[str, str]:
        """Variable -> name of the secret that it holds."""
        return {use.env: name for name, use in self.secrets.items() if use.env}

    @property
    def home(self) -> str:
        """HOME that the plan sets: the only writable folder. Empty where the image's own is kept."""
        hardening = self.hardening
        keeps = bool(self.image) and (hardening.as_image or not hardening.read_only_root)
        return "" if keeps else "/tmp"  # noqa: S108  (in the container)

    @property
    def has_agent_host(self) -> bool:
        """Whether the agent host runs in it, and not the program of a ready image or an image folder."""
        return self.build is not None and not self.build.context

    @rule
    def _comes_from_one_place(self) -> Iterator[Breach]:
        if (self.build is None) == (self.image is None):
            problem = "neither build nor image is set" if self.build is None else "build and image are both set"
            place = () if self.build is None else ("image",)
            yield place, f"{problem}; set build for your own agents, or image for a ready image"

    @rule
    def _runs_once_or_always(self) -> Iterator[Breach]:
        if not self.once:
            if "time_limit_s" in self.model_fields_set:
                yield ("time_limit",), "has no effect without run: once; set run: once, or drop it"
            return
        if "restart" in self.model_fields_set and self.restart == "always":
            yield ("restart",), '"always" never ends, but run is "once"; set on-failure, or drop it'
        if self.agents:
            yield ("agents",), 'agents run until they are stopped, but run is "once"; set command instead'
        if "health" in self.model_fields_set:
            yield ("health",), "has no effect with run: once, where the exit code decides; drop it"

    @rule
    def _secrets_have_variables_of_their_own(self) -> Iterator[Breach]:
        yield from variable_breaches(self.secrets, self.env)

    @rule
    def _the_agent_host_is_started(self) -> Iterator[Breach]:
        if not self.has_agent_host:
            return
        for key, why in (
            ("entrypoint", "replaces the agent host, which starts the agents; use command, or a ready image"),
            ("working_dir", f"moves the agent host out of {CODE_PATH}, where the agents' code is; drop it"),
        ):
            if getattr(self, key):
                yield (key,), why

    @rule
    def _images_built_here_are_hardened(self) -> Iterator[Breach]:
        if self.hardening.as_image and self.has_agent_host:
            yield ("hardening", "as_image"), "the agent host's image needs none of it; drop it, or use a ready image"

    @rule
    def _time_zone_is_set_once(self) -> Iterator[Breach]:
        if self.timezone and "TZ" in self.env:
            yield ("timezone",), f"{self.timezone} and env.TZ exclude each other; drop env.TZ"

    @rule
    def _home_is_where_volumes_are(self) -> Iterator[Breach]:
        if self.has_agent_host or not self.home or "HOME" in self.env:
            return
        for name, mount in self.mounts.items():
            home = _HOME_FOLDER.match(mount.path)
            if home:
                problem = f"{mount.path} is in the home folder {home[0]}, but HOME is {self.home}"
                remedy = f"set env.HOME to {home[0]}, or to {self.home} if the program finds the volume without it"
                yield ("mounts", name, "path"), f"{problem}; {remedy}"

    @rule
    def _restarts_are_limited_on_failure(self) -> Iterator[Breach]:
        if "restarts_max" in self.model_fields_set and self.restart_policy != "on-failure":
            text = f'has no effect with restart "{self.restart_policy}"; set restart: on-failure, or drop it'
            yield ("restarts_max",), text

    @rule
    def _mounts_can_be_made(self) -> Iterator[Breach]:
        mounts = [MountPoint(("mounts", n, "path"), mount.path, mount.read_only) for n, mount in self.mounts.items()]
        tmpfs = [MountPoint(("hardening", "tmpfs", path), path, is_memory=True) for path in self.hardening.tmpfs]
        # Defaults are first: the file has no line for them.
        points = [*mounts, *tmpfs] if "tmpfs" in self.hardening.model_fields_set else [*tmpfs, *mounts]
        yield from mount_breaches(points, has_secrets=bool(self.secret_files))
        if self.has_agent_host:
            yield from agent_host_breaches(points)

    @rule
    def _memory_holds_its_folders(self) -> Iterator[Breach]:
        given: dict[tuple[str, ...], int] = {}
        if "shared_memory_mib" in self.model_fields_set:
            given["shared_memory",] = self.shared_memory_mib
        if "tmpfs" in self.hardening.model_fields_set:
            given |= {("hardening", "tmpfs", path): mib for path, mib in self.hardening.tmpfs.items()}
        cap, whole = self.memory.cap_mib, sum(given.values())
        too_large = {place: mib for place, mib in given.items() if mib > cap}
        for place, mib in too_large.items():
            yield place, f"{mib} MiB exceeds the memory limit {cap} MiB, which counts it; lower it"
        if whole > cap and not too_large:
            parts = " + ".join(f"{place[-1]} {mib}" for place, mib in given.items())
            problem = f"{parts} = {whole} MiB exceed the memory limit {cap} MiB, which counts them"
            yield ("hardening", "tmpfs"), f"{problem}; lower them, or raise memory.limit"

    @rule
    def _gpu_and_budget_go_together(self) -> Iterator[Breach]:
        if self.build is None or self.build.context:
            return
        cuda = self.build.variant == "cuda"
        if cuda and self.gpu is None:
            text = "cuda, but gpu is missing; add gpu with request, limit and enforcement"
            yield ("build", "variant"), text
        if self.gpu is not None and not cuda:
            yield ("gpu",), "is set, but build.variant is cpu; set build.variant to cuda, or drop gpu"


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
