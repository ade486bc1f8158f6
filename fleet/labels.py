"""Container and volume labels: the vocabulary that components write and policies read.

A policy sees what was registered, not our models; what it must know beyond a target's own fields travels as labels.
All values are strings. Only what a group's own file says becomes a label: a label that changed with a neighbour would
replace running containers.

On a cluster and in a cloud, a container's labels are annotations of its pod or template: `as_annotations` writes them,
`from_annotations` reads them. `fleet/published.py` holds what a machine publishes as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping

DOMAIN = "fleet.local"
"""Prefix of our annotations, and of labels of nodes. As a registry: images that a machine's own daemon builds."""

PREFIX = "fleet."
"""Every label of ours begins with it."""

GROUP = "fleet.group"
"""Name of the container group."""

CONTAINER = "fleet.container"
"""Key of the container inside its group: `main` or a sidecar's name."""

TENANT = "fleet.tenant"
"""Tenant of the group; absent for one that is shared."""

TRACK = "fleet.track"
"""Version of the group that an object of a cluster belongs to, where two run."""

TIER = "fleet.tier"
"""How much the group matters: `critical` or `experimental`; absent for a standard one."""

IMAGE_PLATFORMS = "fleet.image.platforms"
"""Architectures the image is stated to exist for, such as `amd64,arm64`, sorted; absent where it is built for whatever
the machine has."""

START_AFTER = "fleet.start-after"
"""Groups that must be healthy first, comma separated, sorted."""

MEMORY_REQUEST_MIB = "fleet.memory.request-mib"
"""Reserved memory, whole MiB."""

DEVICES = "fleet.devices"
"""Host devices the group's file names, comma separated."""

IMAGE_CUDA = "fleet.image.cuda"
"""CUDA that the image is stated to bring, such as `12.4`; only where the container has a GPU."""

BACKUPS = "fleet.backups"
"""How data of the group's volumes is kept a second time, by the volume's name on its target, parted by `; `: each
`<volume>: <schedule> by <means>` or `<volume>: none, <reason>`. On containers, since a volume whose label changes is
replaced, and its data lost."""

SHARED_MEMORY_FOR = "fleet.shared-memory.for"
"""Requirements that hand data from process to process through shared memory, comma separated, sorted."""

GPU_CARD = "fleet.gpu.card"
"""Key of the card on its machine, such as `gpu0`."""

GPU_REQUEST_MIB = "fleet.gpu.request-mib"
"""GPU memory always held, whole MiB; the sum must fit the card."""

GPU_LIMIT_MIB = "fleet.gpu.limit-mib"
"""GPU memory it may burst to, whole MiB."""

GPU_PROCESSES = "fleet.gpu.processes"
"""CUDA processes in the container; each costs one context."""

GPU_ENFORCEMENT = "fleet.gpu.enforcement"
"""What caps GPU memory at run time: advisory, framework, mps or exclusive."""

GPU_ROLE = "fleet.gpu.role"
"""`mps-daemon` on what serves a card to others and takes no memory of it for itself."""

MPS_DAEMON = "mps-daemon"

SELF_HEALING = "fleet.self-healing"
"""`true` where the main process ends itself when its work is unhealthy, so that a restart policy heals it."""

EXCEPTION_PREFIX = "fleet.exception."
"""Prefix of one label a weakened hardening field: `<prefix><field>` = `<end date, ISO 8601> <reason>`."""

WAIVER_PREFIX = "fleet.waiver."
"""Prefix of one label a waived rule: `<prefix><id of the rule>` = `<end date, ISO 8601> <reason>`."""

WAIVER_WARN_DAYS = 30
"""Days before its end from which a waiver is reported to end soon."""

VOLUME_WRITERS = "fleet.volume.writers"
"""On a volume: `one` where its files take a single writer (SQLite, Chroma), else `many`."""

POOL = f"{DOMAIN}/pool"
"""Label of a node: its pool, where the cluster's file names no other label."""

EXPOSED = f"{DOMAIN}/exposed"
"""Annotation of what the whole internet may reach: why."""

IDLE_GPU_ACCEPTED = f"{DOMAIN}/idle-gpu-accepted"
"""Annotation of a service that keeps a GPU warm: why that is paid for."""

ADDRESS_BOOK = f"{DOMAIN}/address-book"
"""Annotation of a pod: digest of its address books, so that a changed one restarts it."""

VOLUME_KIND = f"{DOMAIN}/volume.kind"
"""Annotation of a claim that this project did not make: `scratch` where it holds no data."""


def as_annotation(label: str, container: str = "") -> str:
    """A label as an annotation: `fleet.gpu.card` of container main is `fleet.local/main.gpu.card`."""
    return f"{DOMAIN}/{f'{container}.' if container else ''}{label.removeprefix(PREFIX)}"


def as_annotations(container: str, labels: Mapping[str, str]) -> dict[str, str]:
    """A container's labels as annotations of its pod or template."""
    return {as_annotation(label, container): value for label, value in labels.items()}


def from_annotations(container: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """The labels of a container among the annotations of its pod or template."""
    prefix = as_annotation("", container)
    return {
        f"{PREFIX}{key.removeprefix(prefix)}": value for key, value in annotations.items() if key.startswith(prefix)
    }
