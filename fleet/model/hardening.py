"""Security settings of a container. Strict by default; each exception has a reason and an end date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from fleet.model.base import Breach, Day, Distinct, Flag, FrozenMap, Model, Reason, Whole, rule
from fleet.model.linux_capabilities import Capability
from fleet.model.paths import MountPath
from fleet.model.quantities import MemoryMib
from fleet.source.redaction import shown

HIGH_ID = 10000
"""Ids above it are unused on most hosts, so that an escaped process owns nothing."""

OPEN_FILES = 16384
"""Default limit of open files: enough for thousands of connections, and below the usual limit of daemons. A higher one
fails the start if the daemon may not raise it."""

OPEN_FILES_MAX = 1048576
"""The kernel's default fs.nr_open: the maximum of any process."""

ID_MAX = 2**31 - 1
"""The highest id: runc (moby/sys/user) and Kubernetes refuse those above, although Linux has them."""

_RUN_AS = re.compile(r"([0-9]{1,10}):([0-9]{1,10})")


class RunAs(Model):
    """Numeric user and group id of the process: names would be looked up in the image."""

    uid: Whole = Field(ge=0, le=ID_MAX)
    gid: Whole = Field(ge=0, le=ID_MAX)

    def __str__(self) -> str:
        return f"{self.uid}:{self.gid}"


def _parse_run_as(value: Any) -> Any:
    match = _RUN_AS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        msg = f"{shown(value)} is not a user; write numeric uid:gid, like 10001:10001"
        raise ValueError(msg)
    return {"uid": int(match[1]), "gid": int(match[2])}


RunAsText = Annotated[
    RunAs,
    BeforeValidator(_parse_run_as),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+:[0-9]+$", "examples": ["10001:10001"]}),
]
AS_IMAGE = "as_image"
"""Field that leaves user, root and capabilities to the image."""

LEFT_TO_IMAGE = ("run_as", "read_only_root", "capabilities")
"""Fields that it replaces."""

HardeningField = Literal[
    "run_as", "read_only_root", "no_new_privileges", "capabilities", "seccomp", "host_ipc", "host_network"
]


class HardeningException(Model):
    """Reason and end date of a field that is weaker than the default."""

    reason: Reason
    """Reason, for reviewers."""
    until: Day
    """Last valid day; after it, the fleet is refused."""


class Hardening(Model):
    """Security settings of one container."""

    as_image: HardeningException | None = None
    """Leaves the user, a writable root and Docker's default capabilities to the image, for one reason and until one
    day; all else holds."""
    run_as: RunAsText = Field(default_factory=lambda: RunAs(uid=10001, gid=10001))
    """User and group id of its processes; ids above 10000 are unused on most hosts."""
    read_only_root: Flag = True
    """Whether the root file system is read-only."""
    no_new_privileges: Flag = True
    """Whether processes are kept from gaining privileges, such as by sudo."""
    capabilities: Distinct[Capability] = ()
    """Capabilities to add back after dropping all."""
    seccomp: Literal["default", "unconfined"] = "default"
    """Allowed system calls: the daemon's default profile, or all."""
    host_ipc: Flag = False
    """Whether it shares the host's semaphores and shared memory."""
    host_network: Flag = False
    """Whether it shares the host's network, for discovery by broadcast (mDNS, DLNA): its ports are open on every
    address, and it reaches no other container by name. On Docker only."""
    tmpfs: FrozenMap[MountPath, MemoryMib] = Field(
        default_factory=lambda: {"/tmp": "64MiB"},  # noqa: S108  (a mount point in the container)
        validate_default=True,
    )
    """Writable folders in memory: path -> size."""
    executable: Distinct[MountPath] = ()
    """Folders of `tmpfs` whose files may be executed and loaded as code, for compilers that run what they make."""
    open_files: Whole = Field(default=OPEN_FILES, ge=256, le=OPEN_FILES_MAX)
    """Open files, sockets and pipes per process (ulimit nofile)."""
    exceptions: FrozenMap[HardeningField, HardeningException] = Field(default_factory=dict, validate_default=True)
    """Field that is weaker than the default -> reason and end date."""

    @property
    def user(self) -> RunAs | None:
        """User of its processes; None for the image's."""
        return None if self.as_image else self.run_as

    @property
    def excused(self) -> Mapping[tuple[str, ...], HardeningException]:
        """Path of each exception, and of the one for `as_image`; the last part names what is weaker."""
        found: dict[tuple[str, ...], HardeningException] = {
            ("exceptions", field): exception for field, exception in self.exceptions.items()
        }
        return {**found, **({(AS_IMAGE,): self.as_image} if self.as_image else {})}

    def resolved(self, *, stands_in: bool) -> Hardening:
        """What a container gets: with `as_image`, the image's own folders; a stand-in runs in another image."""
        if self.as_image is None:
            return self
        if stands_in:
            return self.model_copy(update={AS_IMAGE: None})
        tmpfs = self.tmpfs if "tmpfs" in self.model_fields_set else MappingProxyType({})
        return self.model_copy(update={"read_only_root": False, "tmpfs": tmpfs})

    @property
    def weakened(self) -> frozenset[str]:
        """Fields that are weaker than the default."""
        checks = {
            "run_as": self.run_as.uid <= HIGH_ID or self.run_as.gid <= HIGH_ID,
            "read_only_root": not self.read_only_root,
            "no_new_privileges": not self.no_new_privileges,
            "capabilities": bool(self.capabilities),
            "seccomp": self.seccomp != "default",
            "host_ipc": self.host_ipc,
            "host_network": self.host_network,
            AS_IMAGE: self.as_image is not None,
        }
        return frozenset(name for name, weak in checks.items() if weak)

    @rule
    def _executable_folders_exist(self) -> Iterator[Breach]:
        for index, path in enumerate(self.executable):
            if path not in self.tmpfs:
                problem = f"{path} is not a folder in memory"
                remedy = f"add it to hardening.tmpfs with its size, or use one of {', '.join(self.tmpfs) or 'them'}"
                yield ("executable", index), f"{problem}; {remedy}"

    @rule
    def _every_weakening_is_explained(self) -> Iterator[Breach]:
        if self.as_image:
            for field in LEFT_TO_IMAGE:
                if field in self.model_fields_set:
                    yield (field,), "as_image leaves it to the image; drop it, or drop as_image"
        for field in sorted(self.weakened - set(self.exceptions) - {AS_IMAGE}):
            problem = "weaker than the default without a reason"
            yield (field,), f"{problem}; add hardening.exceptions.{field} with reason and until, or drop the field"
        for field in sorted(set(self.exceptions) - self.weakened):
            yield ("exceptions", field), "the field is not weakened; drop the exception"
