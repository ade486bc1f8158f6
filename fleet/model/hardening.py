"""How a container is locked down. Safe by default; each weakening states a reason and an end date."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from fleet.model.base import AbsolutePath, FrozenMap, Model
from fleet.model.quantities import MemoryMib

HIGH_ID = 10000
"""User and group ids above it belong to nobody on a usual host, so that who breaks out is nobody."""

OPEN_FILES = 16384
"""Default limit of open files: room for thousands of connections, and below what daemons are commonly started with (a
limit above the daemon's own fails the start where the daemon may not raise it)."""

OPEN_FILES_MAX = 1048576
"""The kernel's own ceiling where nobody has changed fs.nr_open: no process may ask for more."""

_RUN_AS = re.compile(r"^(\d+):(\d+)$")


class RunAs(Model):
    """User and group id of the process, numeric: a name would be looked up in the image."""

    uid: int = Field(ge=0)
    gid: int = Field(ge=0)

    def __str__(self) -> str:
        return f"{self.uid}:{self.gid}"


def _parse_run_as(value: Any) -> Any:
    match = _RUN_AS.match(value) if isinstance(value, str) else None
    if match is None:
        msg = f'"{value}" is not a user; write uid:gid in numbers, like 10001:10001'
        raise ValueError(msg)
    return {"uid": int(match[1]), "gid": int(match[2])}


RunAsText = Annotated[
    RunAs,
    BeforeValidator(_parse_run_as),
    WithJsonSchema({"type": "string", "pattern": r"^\d+:\d+$", "examples": ["10001:10001"]}),
]
Capability = Annotated[str, StringConstraints(pattern=r"^CAP_[A-Z_]+$")]
HardeningField = Literal["run_as", "read_only_root", "no_new_privileges", "capabilities", "seccomp", "host_ipc"]


class HardeningException(Model):
    """Why a field is weaker than the default, and until when."""

    reason: Annotated[str, StringConstraints(min_length=10)]
    """Why, in words that a reviewer can judge."""
    until: date
    """Last day it holds; after it the fleet is refused."""


class Hardening(Model):
    """The locks of one container."""

    run_as: RunAsText = Field(default_factory=lambda: RunAs(uid=10001, gid=10001))
    """User and group id of its processes; above 10000, they belong to nobody on the host."""
    read_only_root: bool = True
    """Whether its root file system is read-only."""
    no_new_privileges: bool = True
    """Whether its processes can never gain rights, as by sudo."""
    capabilities: tuple[Capability, ...] = ()
    """Added back after all are dropped."""
    seccomp: Literal["default", "unconfined"] = "default"
    """System calls that it may make: those of the daemon's default profile, or all."""
    host_ipc: bool = False
    """Whether it shares the host's semaphores and shared memory."""
    tmpfs: FrozenMap[AbsolutePath, MemoryMib] = Field(
        default_factory=lambda: {"/tmp": "64MiB"},  # noqa: S108  (a mount point in the container)
        validate_default=True,
    )
    """Writable folders in memory: path -> size."""
    open_files: int = Field(default=OPEN_FILES, ge=256, le=OPEN_FILES_MAX)
    """Files, sockets and pipes that one process may have open (ulimit nofile)."""
    exceptions: FrozenMap[HardeningField, HardeningException] = Field(default_factory=dict, validate_default=True)
    """Field weaker than the default -> why, and until when."""

    @property
    def weakened(self) -> frozenset[str]:
        """Fields set weaker than the default."""
        checks = {
            "run_as": self.run_as.uid <= HIGH_ID or self.run_as.gid <= HIGH_ID,
            "read_only_root": not self.read_only_root,
            "no_new_privileges": not self.no_new_privileges,
            "capabilities": bool(self.capabilities),
            "seccomp": self.seccomp != "default",
            "host_ipc": self.host_ipc,
        }
        return frozenset(name for name, weak in checks.items() if weak)

    @model_validator(mode="after")
    def _every_weakening_is_explained(self) -> Hardening:
        unexplained = sorted(self.weakened - set(self.exceptions))
        if unexplained:
            msg = (
                f"{', '.join(unexplained)} weaker than the default without a reason; add "
                f"exceptions.{unexplained[0]} with reason and until, or drop the field"
            )
            raise ValueError(msg)
        idle = sorted(set(self.exceptions) - self.weakened)
        if idle:
            msg = f"exceptions.{idle[0]} excuses a field that is not weakened; drop the exception"
            raise ValueError(msg)
        return self
