"""Features that a group may need from its target. What each target supports is in its `capabilities.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial


class Feature(StrEnum):
    """A feature that a group may need from its target; the value is its name in output."""

    HARDENING = "read-only root, no capabilities, non-root user"
    WEAKENED_HARDENING = "hardening exceptions"
    MEMORY_LIMIT = "memory limit per container"
    PROCESS_LIMIT = "process limit per container"
    OPEN_FILES = "open-files limit per container"
    SHARED_MEMORY = "size of /dev/shm"
    SHARED_NETWORK_IDENTITY = "sidecars under the group's name"
    WAVES = "start order"
    CROSS_MACHINE_START = "start order across machines"
    TERMINAL = "terminal of a container"
    HTTP_HEALTH_OF_READY_IMAGE = "HTTP health checks without the agent host"
    HEALTH_COMMAND = "health check commands"
    RUN_ONCE = "groups that run to their end"
    RUN_FIRST = "containers that run before the others of their group"
    NO_RESTART = "no restart on exit"
    RESTART_LIMIT = "restart limit"
    LONG_START = "starts that take minutes"
    SLOW_CHECKS = "health checks that take longer than ten seconds"
    STOP_GRACE = "stop grace period"
    PEOPLE = "ports for people"
    LOCAL_PORTS = "ports on 127.0.0.1"
    HOST_NETWORK = "the host's network"
    EXTRA_HOSTS = "host names of one's own"
    DECLARED_EDGES = "declared connections only"
    TENANTS = "tenant isolation"
    SHARED_GROUP_FOR_ITS_PEERS_ALONE = "shared groups open to their peers only"
    OUTSIDE = "outbound traffic to named hosts only"
    SECRETS = "secrets as files"
    SECRET_VARIABLES = "secrets as environment variables"  # noqa: S105  (a name in output)
    HOST_FOLDERS = "volumes in host folders"
    VOLUME_SIZE = "volume size"
    VELERO = "backups by Velero"
    SINGLE_WRITER = "single-writer volumes"
    SHARED_VOLUMES = "volumes shared by several pods"
    READ_ONLY_MOUNTS = "read-only mounts of writable volumes"
    HOST_DEVICES = "host devices, such as audio"
    GPU = "GPU memory budgets"
    GPU_BURST = "GPU memory above the request"
    MPS = "GPU sharing with MPS"
    COPIES = "several copies of a group"
    SIGNALS = "scaling on queued work"
    SIGNALS_WITHOUT_KEDA = "scaling on queued work without KEDA"
    TIER = "priority tiers"
    ROLLING = "rolling updates"
    ROLLING_WITH_A_CARD = "rolling updates without a spare GPU"
    ROLLING_WITH_A_VOLUME = "rolling updates with a volume of one pod"
    TWO_TRACKS = "blue-green and canary rollouts"


Need = tuple[Feature, str]
"""A feature, and the path in the group's file that requires it."""

FIELDS: Mapping[str, Feature] = {
    "devices": Feature.HOST_DEVICES,
    "device_groups": Feature.HOST_DEVICES,
    "hardening": Feature.HARDENING,
    "hardening.host_ipc": Feature.WEAKENED_HARDENING,
    "hardening.host_network": Feature.HOST_NETWORK,
    "hardening.open_files": Feature.OPEN_FILES,
    "hardening.seccomp": Feature.WEAKENED_HARDENING,
    "health.test": Feature.HEALTH_COMMAND,
    "mounts.read_only": Feature.READ_ONLY_MOUNTS,
    "once": Feature.RUN_ONCE,
    "restart": Feature.NO_RESTART,
    "restarts_max": Feature.RESTART_LIMIT,
    "shared_memory_mib": Feature.SHARED_MEMORY,
    "stop_grace_s": Feature.STOP_GRACE,
    "tty": Feature.TERMINAL,
}
"""Field of a planned container (dotted path) -> the feature that a target without it lacks."""


class Level(StrEnum):
    """How well a target supports a feature."""

    DOES = "does"
    CHANGES = "changes"
    """A group that needs it gets less or something else; the plan lists it."""
    CANNOT = "cannot"
    """A group that needs it is refused."""


@dataclass(frozen=True, slots=True)
class Support:
    """How well a target supports a feature, and how; or why not, and what to do."""

    level: Level
    how: str


does = partial(Support, Level.DOES)
changes = partial(Support, Level.CHANGES)
cannot = partial(Support, Level.CANNOT)
