"""What each target does, changes or cannot do for each feature of the model: the one map that the judgement, the plan
and `fleet capabilities` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from fleet.model import Target


class Feature(StrEnum):
    """Something a group may need of its target."""

    HARDENING = "read-only root, no capabilities, non-root"
    WEAKENED_HARDENING = "a lock weakened with a reason"
    MEMORY_LIMIT = "memory limit"
    PROCESS_LIMIT = "process limit of one container"
    OPEN_FILES = "open-files limit of one container"
    SHARED_NETWORK_IDENTITY = "sidecar under the group's own name"
    WAVES = "start after another group is healthy"
    CROSS_MACHINE_START = "start after a group of another machine"
    HTTP_HEALTH_OF_READY_IMAGE = "HTTP health check of an image without the agent host"
    RESTART_LIMIT = "at most so many restarts"
    DECLARED_EDGES = "only declared connections"
    TENANTS = "tenants that cannot reach each other"
    SHARED_GROUP_FOR_ITS_PEERS_ALONE = "shared group reached by its peers alone"
    OUTSIDE = "only named hosts of the internet"
    SECRETS = "secrets as files"
    HOST_FOLDERS = "volumes in folders of the host"
    VOLUME_SIZE = "volume size"
    SINGLE_WRITER = "one writer of a volume"
    SHARED_VOLUMES = "one volume for several pods"
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


class Level(StrEnum):
    """How far a target goes."""

    DOES = "does"
    CHANGES = "changes"
    """A group that needs it gets less or something else; its plan says so."""
    CANNOT = "cannot"
    """A group that needs it is refused."""


@dataclass(frozen=True, slots=True)
class Support:
    """What a target makes of a feature: how, or why not and what to do."""

    level: Level
    how: str


def _does(how: str) -> Support:
    return Support(Level.DOES, how)


def _changes(how: str) -> Support:
    return Support(Level.CHANGES, how)


def _cannot(why: str) -> Support:
    return Support(Level.CANNOT, why)


_DOCKER = {
    Feature.HARDENING: _does("set on every container"),
    Feature.WEAKENED_HARDENING: _does("until the date its file gives"),
    Feature.MEMORY_LIMIT: _changes(
        "Raspberry Pi OS starts without the memory cgroup, and limits are then ignored; add cgroup_enable=memory "
        "cgroup_memory=1 to /boot/firmware/cmdline.txt, restart, and set machine.memory_enforced: true"
    ),
    Feature.PROCESS_LIMIT: _changes(
        "the Docker provider has no pids limit; ulimit nproc caps all agents of the machine together"
    ),
    Feature.OPEN_FILES: _does("ulimit nofile, soft and hard"),
    Feature.SHARED_NETWORK_IDENTITY: _changes(
        "a container inside another's network namespace loses its network when that one restarts; a sidecar has "
        "the name <group>-<sidecar> instead"
    ),
    Feature.WAVES: _does("a group is created once those before it are healthy"),
    Feature.CROSS_MACHINE_START: _changes(
        "a Docker daemon sees its own containers only; the group starts at once and waits for its peer itself"
    ),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: _cannot(
        "Docker runs health checks inside the container, and the image may lack the tool; give health.command"
    ),
    Feature.RESTART_LIMIT: _does("restart on-failure with a number; counted over the container's whole life"),
    Feature.DECLARED_EDGES: _changes(
        "groups of one network reach every port of each other; other machines, what is declared"
    ),
    Feature.TENANTS: _does("a bridge network a tenant, which only shared groups join"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: _changes(
        "a tenant's groups are in one network, and so is what one of them shares with others; the tenant's other "
        "groups could reach it too, no other tenant's could"
    ),
    Feature.OUTSIDE: _changes("a bridge network lets every outgoing connection pass; filter on the machine's firewall"),
    Feature.SECRETS: _changes(
        "Docker has no secret store of its own: a secret is a file in machine.secrets_folder, which the owner "
        "fills; a new value is seen once the container starts again"
    ),
    Feature.HOST_FOLDERS: _does("machine.binds"),
    Feature.VOLUME_SIZE: _changes("Docker's local volumes have no quota; watch the disk"),
    Feature.SINGLE_WRITER: _does("checked in the files: one container mounts it writable"),
    Feature.SHARED_VOLUMES: _does("every group of the machine may mount it"),
    Feature.HOST_DEVICES: _does("machine.devices, handed over one by one"),
    Feature.GPU: _does("a device request; what caps it is the group's enforcement"),
    Feature.GPU_BURST: _does("requests are reserved, limits are caps"),
    Feature.MPS: _does("a control daemon a card, in wave 0"),
    Feature.COPIES: _changes("one copy of each group runs on a machine; scale out on a cluster"),
    Feature.SIGNALS: _changes("one copy of each group runs on a machine, whatever waits"),
    Feature.TIER: _changes("a machine has no order of eviction; requests fit it, so none is needed"),
    Feature.ROLLING: _changes("a container is stopped before its successor starts"),
    Feature.ROLLING_WITH_A_CARD: _changes("a container is stopped before its successor starts"),
    Feature.ROLLING_WITH_A_VOLUME: _changes("a container is stopped before its successor starts"),
    Feature.TWO_TRACKS: _changes("a machine runs one version of a group; the new one replaces the old one"),
}

_KUBERNETES = {
    Feature.HARDENING: _does("namespaces enforce the restricted Pod Security level"),
    Feature.WEAKENED_HARDENING: _cannot(
        "namespaces enforce the restricted Pod Security level, which refuses such pods; drop hardening's exception"
    ),
    Feature.MEMORY_LIMIT: _does("a kubelet does not start without the memory cgroup"),
    Feature.PROCESS_LIMIT: _changes("a node's kubelet sets it for all its pods (podPidsLimit)"),
    Feature.OPEN_FILES: _changes(
        "a pod has no field for it; the node's container runtime gives all containers its own (LimitNOFILE of its unit)"
    ),
    Feature.SHARED_NETWORK_IDENTITY: _does("main container and sidecars in one pod"),
    Feature.WAVES: _does("`pulumi up` waits for pods to be ready; plain manifests start at once and find each other"),
    Feature.CROSS_MACHINE_START: _changes("a cluster sees its own pods only; the group waits for its peer itself"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: _does("the node asks from outside"),
    Feature.RESTART_LIMIT: _changes("a pod is restarted for ever, with pauses that grow to five minutes"),
    Feature.DECLARED_EDGES: _does("network policies: all denied, then edge by edge"),
    Feature.TENANTS: _does("a namespace a tenant, under network policies"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: _does("network policies name groups, not namespaces"),
    Feature.OUTSIDE: _changes("network policies know no host names: the port is open to every public address"),
    Feature.SECRETS: _changes(
        "a secret is a Secret of the namespace, which its owner makes: `kubectl create secret generic <name> "
        "--from-file=value=<file>`"
    ),
    Feature.HOST_FOLDERS: _cannot("the restricted Pod Security level refuses folders of the node"),
    Feature.VOLUME_SIZE: _does("the claim's size"),
    Feature.SINGLE_WRITER: _does("a StatefulSet with one pod"),
    Feature.SHARED_VOLUMES: _does("claims of cluster.shared_storage_class"),
    Feature.HOST_DEVICES: _cannot("the restricted Pod Security level refuses devices of the node; keep it on Docker"),
    Feature.GPU: _does("a device, a share of one or an amount of its memory, by the pool's sharing"),
    Feature.GPU_BURST: _changes("a cluster reserves what it caps: the limit is reserved, and nothing bursts"),
    Feature.MPS: _changes("the pool's sharing decides what caps GPU memory"),
    Feature.COPIES: _does("a HorizontalPodAutoscaler on CPU and memory, or KEDA's"),
    Feature.SIGNALS: _does("KEDA, where cluster.autoscaler says so"),
    Feature.TIER: _does("a priority class a tier"),
    Feature.ROLLING: _does("surge and unavailable as the group says"),
    Feature.ROLLING_WITH_A_CARD: _changes("no card is spare for the new pod, so an old one stops first"),
    Feature.ROLLING_WITH_A_VOLUME: _changes(
        "a volume of one pod is held on its node until that pod is gone; on several nodes the old pod stops first"
    ),
    Feature.TWO_TRACKS: _does("two Deployments; requests from outside move by a Gateway's weights"),
}

_CLOUDRUN = {
    Feature.HARDENING: _changes("every instance is a sandbox of its own; the root stays writable, in memory"),
    Feature.WEAKENED_HARDENING: _does("the sandbox is the same whatever a group asks for"),
    Feature.MEMORY_LIMIT: _does("an instance that exceeds it is ended"),
    Feature.PROCESS_LIMIT: _changes("an instance's sandbox bounds it; no figure can be set"),
    Feature.OPEN_FILES: _changes("an instance's sandbox bounds it; no figure can be set"),
    Feature.SHARED_NETWORK_IDENTITY: _does("main container and sidecars in one instance"),
    Feature.WAVES: _does("`pulumi up` creates a service once those before it are ready"),
    Feature.CROSS_MACHINE_START: _changes("a region sees its own services only; the group waits for its peer itself"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: _does("Cloud Run asks from outside"),
    Feature.RESTART_LIMIT: _changes("an instance that ends is replaced for ever, while requests come"),
    Feature.DECLARED_EDGES: _changes(
        "who may call a service is who its invokers are; names and ports are not filtered"
    ),
    Feature.TENANTS: _cannot("services of a project see each other's addresses; give each tenant a project of its own"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: _does("invokers are named one by one"),
    Feature.OUTSIDE: _changes("every outgoing connection passes, unless egress goes through a network that filters"),
    Feature.SECRETS: _does("a pinned version in Secret Manager, as a file"),
    Feature.HOST_FOLDERS: _cannot("there is no host; name a backing under machine.cloud.services.<group>.volumes"),
    Feature.VOLUME_SIZE: _changes("a bucket grows as it is filled"),
    Feature.SINGLE_WRITER: _changes("one instance at the most; two may overlap while a revision is replaced"),
    Feature.SHARED_VOLUMES: _does("a bucket mounted by every instance; it locks no files"),
    Feature.HOST_DEVICES: _cannot("there is no host; keep the group on Docker"),
    Feature.GPU: _does("a whole card an instance, paid for as long as the instance runs"),
    Feature.GPU_BURST: _does("the card is the instance's alone"),
    Feature.MPS: _changes("an instance has a card alone"),
    Feature.COPIES: _does("instances by requests, between min and max"),
    Feature.SIGNALS: _cannot("Cloud Run scales on requests alone; keep the group on a cluster with KEDA"),
    Feature.TIER: _changes("instances do not compete for room; min_instances keeps some warm"),
    Feature.ROLLING: _does("a new revision gets the requests once it is ready"),
    Feature.ROLLING_WITH_A_CARD: _does("every instance has a card of its own, up to the project's quota"),
    Feature.ROLLING_WITH_A_VOLUME: _does("both revisions mount the bucket for a moment"),
    Feature.TWO_TRACKS: _does("two revisions, with the requests divided by percent"),
}

CAPABILITIES: Mapping[Target, Mapping[Feature, Support]] = {
    Target.DOCKER: _DOCKER,
    Target.KUBERNETES: _KUBERNETES,
    Target.CLOUDRUN: _CLOUDRUN,
}
"""Every target that can be built -> what it makes of every feature."""
