"""Container and volume labels: the vocabulary that components write and policies read.

Policies see registered resources, not models; labels carry what the resources' own fields do not. All values are
strings. Labels come from the group's own file alone: if another group could change one, it would replace running
containers.

On a cluster and in a cloud, a container's labels are annotations of its pod or template: `as_annotations` writes them,
`from_annotations` reads them. For outputs of a whole machine, see `fleet/published.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.source.defaults import DOMAIN

PREFIX = "fleet."
"""Prefix of every label."""

GROUP = "fleet.group"
"""Name of the container group."""

CONTAINER = "fleet.container"
"""Key of the container inside its group: `main` or a sidecar's name."""

TENANT = "fleet.tenant"
"""Tenant of the group; absent for a shared one."""

TRACK = "fleet.track"
"""Track of a cluster's object, if two versions of its group run."""

TIER = "fleet.tier"
"""Tier of the group: `critical` or `experimental`; absent for a standard one."""

IMAGE_PLATFORMS = "fleet.image.platforms"
"""Declared architectures of the image, such as `amd64,arm64`, sorted; absent if it is built for the machine's."""

START_AFTER = "fleet.start-after"
"""Groups that must be healthy before the start, comma-separated, sorted."""

FIRST = "fleet.first"
"""Digest of the containers that run before this one, which starts again when they change."""

MEMORY_REQUEST_MIB = "fleet.memory.request-mib"
"""Reserved memory, whole MiB."""

DEVICES = "fleet.devices"
"""Host devices in the group's file, comma-separated."""

IMAGE_CUDA = "fleet.image.cuda"
"""Declared CUDA version of the image, such as `12.4`; only for containers with a GPU."""

BACKUPS = "fleet.backups"
"""Backups of the group's volumes, by volume name on the target, separated by `; `: `<volume>: <schedule> by <tool>` or
`<volume>: none, <reason>`. On containers, since a changed label of a volume replaces it and loses its data."""

SECRET_ENV = "fleet.secrets.env"  # noqa: S105  (a label)
"""Variables that hold secrets, comma-separated, sorted. Their values are not in the group's file."""

SHARED_MEMORY_FOR = "fleet.shared-memory.for"
"""Requirements that use shared memory between processes, comma-separated, sorted."""

IMAGE_BASE = "fleet.image.base"
"""The image that files of the project were added to, which rules judge in place of the image with them."""

GPU_CARD = "fleet.gpu.card"
"""Keys of its cards on its machine, separated by commas: `gpu0`, `gpu0,gpu1`."""

GPU_REQUEST_MIB = "fleet.gpu.request-mib"
"""GPU memory request on each card, whole MiB; the sum must fit the card."""

GPU_LIMIT_MIB = "fleet.gpu.limit-mib"
"""GPU memory limit on each card, whole MiB."""

GPU_PROCESSES = "fleet.gpu.processes"
"""CUDA processes in the container; each needs one context."""

GPU_ENFORCEMENT = "fleet.gpu.enforcement"
"""What enforces the GPU memory limit: advisory, framework, mps or exclusive."""

GPU_ROLE = "fleet.gpu.role"
"""`mps-daemon` on an MPS control daemon, which needs no GPU memory itself."""

MPS_DAEMON = "mps-daemon"

SELF_HEALING = "fleet.self-healing"
"""`true` if the main process exits when unhealthy, so that the restart policy applies."""

EXCEPTION_PREFIX = "fleet.exception."
"""Prefix of a label per weakened hardening field: `<prefix><field>` = `<end date, ISO 8601> <reason>`."""

WAIVER_PREFIX = "fleet.waiver."
"""Prefix of a label per waived rule: `<prefix><rule id>` = `<end date, ISO 8601> <reason>`."""

WAIVER_WARN_DAYS = 30
"""Days before its end from which a waiver is reported to end soon."""

VOLUME_WRITERS = "fleet.volume.writers"
"""On a volume: `one` if its files allow a single writer (SQLite, Chroma), else `many`."""

EXPOSED = f"{DOMAIN}/exposed"
"""Annotation of a service that the whole internet may reach: the reason."""

IDLE_GPU_ACCEPTED = f"{DOMAIN}/idle-gpu-accepted"
"""Annotation of a service that keeps a GPU warm: the reason."""

ADDRESS_BOOK = f"{DOMAIN}/address-book"
"""Annotation of a pod: digest of its address books, so that a change restarts it."""

FILES = f"{DOMAIN}/files"
"""Annotation of a pod: digest of the project's files in it, so that a change restarts it."""

VOLUME_KIND = f"{DOMAIN}/volume.kind"
"""Annotation of a claim from outside this project: `scratch` if it stores no data."""


def as_annotation(label: str, container: str = "") -> str:
    """A label as an annotation: `fleet.gpu.card` of container main is `fleet.local/main.gpu.card`."""
    return f"{DOMAIN}/{f'{container}.' if container else ''}{label.removeprefix(PREFIX)}"


def as_annotations(container: str, labels: Mapping[str, str]) -> dict[str, str]:
    """A container's labels as annotations of its pod or template."""
    return {as_annotation(label, container): value for label, value in labels.items()}


def from_annotations(container: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """A container's labels from the annotations of its pod or template."""
    prefix = as_annotation("", container)
    return {
        f"{PREFIX}{key.removeprefix(prefix)}": value for key, value in annotations.items() if key.startswith(prefix)
    }
