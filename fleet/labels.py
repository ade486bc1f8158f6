"""Container and volume labels: the vocabulary that components write and policies read.

A policy sees what was registered, not our models; what it must know beyond a target's own fields travels as labels.
All values are strings. Only what a group's own file says becomes a label: a label that changed with a neighbour would
replace running containers.
"""

PREFIX = "fleet."
"""Every label of ours begins with it."""

GROUP = "fleet.group"
"""Name of the container group."""

CONTAINER = "fleet.container"
"""Key of the container inside its group: `main` or a sidecar's name."""

TENANT = "fleet.tenant"
"""Tenant of the group; absent for one that is shared."""

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
