"""One container of a group: what it runs, what it may use, and how it is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

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
    Whole,
    rule,
)
from fleet.model.budgets import CpuBudget, GpuBudget, MemoryBudget
from fleet.model.files import FilePath, file_breaches
from fleet.model.hardening import Hardening
from fleet.model.health import Health
from fleet.model.mount_points import CODE_PATH, MountPoint, agent_host_breaches, mount_breaches
from fleet.model.paths import AbsolutePath, DevicePath, MountPath, ProjectFile
from fleet.model.process import OwnLabel, TimeZone
from fleet.model.program import Agent, Build, Image
from fleet.model.quantities import MemoryMib, Seconds
from fleet.model.secret import Secrets, variable_breaches
from fleet.model.waiver import RuleId, Waiver

AgentName = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60), Form("write it like GoalManager")
]
_HOME_FOLDER = re.compile(r"/root(?=/)|/home/[^/]+(?=/)")


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
    files: FrozenMap[FilePath, ProjectFile] = Field(default_factory=dict, validate_default=True)
    """Path in the container -> file or folder below the project's folder. The files belong to root, and everybody may
    read them."""
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
        yield from file_breaches(self.files, points)
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
