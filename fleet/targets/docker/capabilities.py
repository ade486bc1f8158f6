"""What a Docker machine does, changes or cannot do of each feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: does("set on every container"),
    Feature.WEAKENED_HARDENING: does("until the date its file gives"),
    Feature.MEMORY_LIMIT: changes(
        "Raspberry Pi OS starts without the memory cgroup, and limits are then ignored; add cgroup_enable=memory "
        "cgroup_memory=1 to /boot/firmware/cmdline.txt, restart, and set machine.memory_enforced: true"
    ),
    Feature.PROCESS_LIMIT: changes(
        "the Docker provider has no pids limit; ulimit nproc caps all agents of the machine together"
    ),
    Feature.OPEN_FILES: does("ulimit nofile, soft and hard"),
    Feature.SHARED_MEMORY: does("shm_size of each container"),
    Feature.SHARED_NETWORK_IDENTITY: changes(
        "a container inside another's network namespace loses its network when that one restarts; a sidecar has "
        "the name <group>-<sidecar> instead"
    ),
    Feature.WAVES: does("a group is created once those before it are healthy"),
    Feature.CROSS_MACHINE_START: changes(
        "a Docker daemon sees its own containers only; the group starts at once and waits for its peer itself"
    ),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: cannot(
        "Docker runs health checks inside the container, and the image may lack the tool; give health.command"
    ),
    Feature.HEALTH_COMMAND: does("the image's own, run inside the container"),
    Feature.NO_RESTART: does('restart policy "no"'),
    Feature.RESTART_LIMIT: does("restart on-failure with a number; counted over the container's whole life"),
    Feature.STOP_GRACE: does("SIGTERM, then SIGKILL once it is over"),
    Feature.DECLARED_EDGES: changes(
        "groups of one network reach every port of each other; other machines, what is declared"
    ),
    Feature.TENANTS: does("a bridge network a tenant, which only shared groups join"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: changes(
        "a tenant's groups are in one network, and so is what one of them shares with others; the tenant's other "
        "groups could reach it too, no other tenant's could"
    ),
    Feature.OUTSIDE: changes("a bridge network lets every outgoing connection pass; filter on the machine's firewall"),
    Feature.SECRETS: changes(
        "Docker has no secret store of its own: a secret is a file in machine.secrets_folder, which the owner "
        "fills; a new value is seen once the container starts again"
    ),
    Feature.HOST_FOLDERS: does("machine.binds"),
    Feature.VOLUME_SIZE: changes("Docker's local volumes have no quota; watch the disk"),
    Feature.SINGLE_WRITER: does("checked in the files: one container mounts it writable"),
    Feature.SHARED_VOLUMES: does("every group of the machine may mount it"),
    Feature.READ_ONLY_MOUNTS: does("set on each mount"),
    Feature.HOST_DEVICES: does("machine.devices, handed over one by one"),
    Feature.GPU: does("a device request; what caps it is the group's enforcement"),
    Feature.GPU_BURST: does("requests are reserved, limits are caps"),
    Feature.MPS: does("a control daemon a card, in wave 0"),
    Feature.COPIES: changes("one copy of each group runs on a machine; scale out on a cluster"),
    Feature.SIGNALS: changes("one copy of each group runs on a machine, whatever waits"),
    Feature.TIER: changes("a machine has no order of eviction; requests fit it, so none is needed"),
    Feature.ROLLING: changes("a container is stopped before its successor starts"),
    Feature.ROLLING_WITH_A_CARD: changes("a container is stopped before its successor starts"),
    Feature.ROLLING_WITH_A_VOLUME: changes("a container is stopped before its successor starts"),
    Feature.TWO_TRACKS: changes("a machine runs one version of a group; the new one replaces the old one"),
}

UNRENDERED: Mapping[str, str] = {
    "archs": "the check of images refuses one for another processor",
    "hardening.exceptions": "labels carry them to policies",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "memory_request_mib": "requests are summed before anything is deployed; a label carries it to policies",
    "health.deadline_s": "`pulumi up` waits so long for the container to be healthy",
    "health.http": "the command asks from inside the container",
}
"""Path of a planned container's field that no render carries -> where it takes effect instead."""
