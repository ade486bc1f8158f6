"""Features that a group may need of its target, and how far a target goes with each.

A target's own answers are in its `capabilities.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """Something a group may need of its target."""

    HARDENING = "read-only root, no capabilities, non-root"
    WEAKENED_HARDENING = "a lock weakened with a reason"
    MEMORY_LIMIT = "memory limit"
    PROCESS_LIMIT = "process limit of one container"
    OPEN_FILES = "open-files limit of one container"
    SHARED_MEMORY = "size of /dev/shm"
    SHARED_NETWORK_IDENTITY = "sidecar under the group's own name"
    WAVES = "start after another group is healthy"
    CROSS_MACHINE_START = "start after a group of another machine"
    HTTP_HEALTH_OF_READY_IMAGE = "HTTP health check of an image without the agent host"
    HEALTH_COMMAND = "health check by a command"
    NO_RESTART = "no restart after a container ends"
    RESTART_LIMIT = "at most so many restarts"
    STOP_GRACE = "stop grace period"
    DECLARED_EDGES = "only declared connections"
    TENANTS = "tenants that cannot reach each other"
    SHARED_GROUP_FOR_ITS_PEERS_ALONE = "shared group reached by its peers alone"
    OUTSIDE = "only named hosts of the internet"
    SECRETS = "secrets as files"
    HOST_FOLDERS = "volumes in folders of the host"
    VOLUME_SIZE = "volume size"
    SINGLE_WRITER = "one writer of a volume"
    SHARED_VOLUMES = "one volume for several pods"
    READ_ONLY_MOUNTS = "read-only mount of a volume that another container writes"
    HOST_DEVICES = "host audio and other devices"
    GPU = "GPU memory with a budget"
    GPU_BURST = "GPU memory above the request"
    MPS = "GPU shared by MPS"
    COPIES = "several copies"
    SIGNALS = "scaling on waiting work"
    TIER = "room for what matters most first"
    ROLLING = "new version copy by copy"
    ROLLING_WITH_A_CARD = "new version beside the old one with every card taken"
    ROLLING_WITH_A_VOLUME = "new version before the old one stops, with a volume of its own"
    TWO_TRACKS = "blue-green and canary"


Need = tuple[Feature, str]
"""A feature, and the path in the group's file that asks for it."""

FIELDS: Mapping[str, Feature] = {
    "devices": Feature.HOST_DEVICES,
    "device_groups": Feature.HOST_DEVICES,
    "hardening": Feature.HARDENING,
    "hardening.host_ipc": Feature.WEAKENED_HARDENING,
    "hardening.open_files": Feature.OPEN_FILES,
    "hardening.seccomp": Feature.WEAKENED_HARDENING,
    "health.test": Feature.HEALTH_COMMAND,
    "mounts.read_only": Feature.READ_ONLY_MOUNTS,
    "restart": Feature.NO_RESTART,
    "restarts_max": Feature.RESTART_LIMIT,
    "shared_memory_mib": Feature.SHARED_MEMORY,
    "stop_grace_s": Feature.STOP_GRACE,
}
"""Field of a planned container (dotted path) -> the feature that a target lacks if it does not render the field."""


class Level(StrEnum):
    """How far a target goes."""

    DOES = "does"
    CHANGES = "changes"
    """A group that needs it gets less or something else; its plan says so."""
    CANNOT = "cannot"
    """A group that needs it is refused."""


@dataclass(frozen=True, slots=True)
class Support:
    """How far a target goes with a feature, and how; or why not, and what to do."""

    level: Level
    how: str


def does(how: str) -> Support:
    """A feature that a target has."""
    return Support(Level.DOES, how)


def changes(how: str) -> Support:
    """A feature of which a group gets less, or something else."""
    return Support(Level.CHANGES, how)


def cannot(why: str) -> Support:
    """A feature that a target lacks."""
    return Support(Level.CANNOT, why)
