"""What Cloud Run does, changes or cannot do of each feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: changes("every instance is a sandbox of its own; the root stays writable, in memory"),
    Feature.WEAKENED_HARDENING: does("the sandbox is the same whatever a group asks for"),
    Feature.MEMORY_LIMIT: does("an instance that exceeds it is ended"),
    Feature.PROCESS_LIMIT: changes("an instance's sandbox bounds it; no figure can be set"),
    Feature.OPEN_FILES: changes("an instance's sandbox bounds it; no figure can be set"),
    Feature.SHARED_MEMORY: changes(
        "it is part of an instance's memory, and no field sets its size; give the service enough memory for both"
    ),
    Feature.SHARED_NETWORK_IDENTITY: does("main container and sidecars in one instance"),
    Feature.WAVES: does("`pulumi up` creates a service once those before it are ready"),
    Feature.CROSS_MACHINE_START: changes("a region sees its own services only; the group waits for its peer itself"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: does("Cloud Run asks from outside"),
    Feature.HEALTH_COMMAND: changes(
        "Cloud Run asks over HTTP, or whether the port is open, and runs no command; give health.path"
    ),
    Feature.NO_RESTART: cannot(
        "an instance that ends is replaced while requests come, and a worker pool's always; set "
        "machine.cloud.services.<group>.kind to job, or keep it on a Docker machine"
    ),
    Feature.RESTART_LIMIT: changes("an instance that ends is replaced for ever, while requests come"),
    Feature.STOP_GRACE: changes("SIGTERM, then SIGKILL after 10 s, and no field to change it; finish within 10 s"),
    Feature.DECLARED_EDGES: changes("who may call a service is who its invokers are; names and ports are not filtered"),
    Feature.TENANTS: cannot("services of a project see each other's addresses; give each tenant a project of its own"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: does("invokers are named one by one"),
    Feature.OUTSIDE: changes("every outgoing connection passes, unless egress goes through a network that filters"),
    Feature.SECRETS: does("a pinned version in Secret Manager, as a file"),
    Feature.HOST_FOLDERS: cannot("there is no host; name a backing under machine.cloud.services.<group>.volumes"),
    Feature.VOLUME_SIZE: changes("a bucket grows as it is filled"),
    Feature.SINGLE_WRITER: changes("one instance at the most; two may overlap while a revision is replaced"),
    Feature.SHARED_VOLUMES: does("a bucket mounted by every instance; it locks no files"),
    Feature.READ_ONLY_MOUNTS: changes(
        "a bucket is read-only for every container of an instance or for none, and memory for none; give what must not "
        "be written a bucket of its own"
    ),
    Feature.HOST_DEVICES: cannot("there is no host; keep the group on Docker"),
    Feature.GPU: does("a whole card an instance, paid for as long as the instance runs"),
    Feature.GPU_BURST: does("the card is the instance's alone"),
    Feature.MPS: changes("an instance has a card alone"),
    Feature.COPIES: does("instances by requests, between min and max"),
    Feature.SIGNALS: cannot("Cloud Run scales on requests alone; keep the group on a cluster with KEDA"),
    Feature.TIER: changes("instances do not compete for room; min_instances keeps some warm"),
    Feature.ROLLING: does("a new revision gets the requests once it is ready"),
    Feature.ROLLING_WITH_A_CARD: does("every instance has a card of its own, up to the project's quota"),
    Feature.ROLLING_WITH_A_VOLUME: does("both revisions mount the bucket for a moment"),
    Feature.TWO_TRACKS: does("two revisions, with the requests divided by percent"),
}

UNRENDERED: Mapping[str, str] = {
    "name": "workloads are named after their group, and containers after their key",
    "archs": "Cloud Run runs amd64; the check of images refuses others",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "aliases": "a service's address is its project's and region's",
    "extra_hosts": "the address book holds other machines' addresses",
    "ports": "a service answers on one port, by its own address",
    "memory_request_mib": "an instance reserves what it may use",
    "cpu_request_millicores": "an instance reserves what it may use",
    "health.start_period_s": "part of `health.deadline_s`, which the startup probe waits for",
}
"""Path of a planned container's field that no render carries -> where it takes effect instead."""
