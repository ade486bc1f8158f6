"""What a Docker machine supports, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: does("set on every container"),
    Feature.WEAKENED_HARDENING: does("until the date in the group's file"),
    Feature.MEMORY_LIMIT: changes(
        "Raspberry Pi OS disables the memory cgroup, so limits are ignored; add cgroup_enable=memory "
        "cgroup_memory=1 to /boot/firmware/cmdline.txt, reboot, and set machine.memory_enforced: true"
    ),
    Feature.PROCESS_LIMIT: changes(
        "the Docker provider has no pids limit; ulimit nproc caps the processes of all agents on the machine"
    ),
    Feature.OPEN_FILES: does("ulimit nofile, soft and hard"),
    Feature.SHARED_MEMORY: does("shm_size of the container"),
    Feature.SHARED_NETWORK_IDENTITY: changes(
        "a container inside another's network namespace loses its network when that one restarts; a sidecar has "
        "the name <group>-<sidecar> instead"
    ),
    Feature.WAVES: does("a group is created once the groups it starts after are healthy"),
    Feature.CROSS_MACHINE_START: changes(
        "a Docker daemon sees only its own containers; the group starts at once and itself waits for its peer"
    ),
    Feature.TERMINAL: does("tty of the container"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: cannot(
        "Docker runs health checks inside the container, and the image may have no HTTP client; set health.command"
    ),
    Feature.HEALTH_COMMAND: does("run inside the container"),
    Feature.RUN_ONCE: does("others wait for exit code 0; it runs again when it is changed"),
    Feature.RUN_FIRST: does("the others are created once it has ended with exit code 0"),
    Feature.NO_RESTART: does('restart policy "no"'),
    Feature.RESTART_LIMIT: does("restart policy on-failure with a maximum over the container's lifetime"),
    Feature.SLOW_CHECKS: does("the daemon waits for the timeout of the check"),
    Feature.LONG_START: does("the health check ignores failures for its start period"),
    Feature.STOP_GRACE: does("SIGTERM, then SIGKILL at its end"),
    Feature.PEOPLE: does("published on the LAN address or another address of the machine"),
    Feature.LOCAL_PORTS: does("published on 127.0.0.1 of the machine"),
    Feature.HOST_NETWORK: does("network mode host; the ports of the container are open on every address"),
    Feature.EXTRA_HOSTS: does("entries in /etc/hosts; `host-gateway` is the machine"),
    Feature.DECLARED_EDGES: changes(
        "groups on one network can reach every port of each other; other machines reach only declared ports"
    ),
    Feature.TENANTS: does(
        "one bridge network per tenant, joined only by its groups and the shared groups that serve it"
    ),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: changes(
        "the shared group joins the tenant's network, so all groups of that tenant can reach it; other tenants cannot"
    ),
    Feature.OUTSIDE: changes("a bridge network allows all outbound connections; filter them on the machine's firewall"),
    Feature.SECRETS: changes(
        "Docker has no secret store; put each secret as a file into machine.secrets_folder, and restart the container "
        "after a change"
    ),
    Feature.SECRET_VARIABLES: changes(
        "Docker has no secret store; set each value with `pulumi config set --secret secrets:<name>`. `docker inspect` "
        "shows it, and a changed value replaces the container"
    ),
    Feature.HOST_FOLDERS: does("machine.binds"),
    Feature.VOLUME_SIZE: changes("Docker's local volumes have no quota; monitor the disk"),
    Feature.VELERO: changes("Velero copies volumes of a cluster only: nothing backs this one up; name another tool"),
    Feature.SINGLE_WRITER: does("validated: only one container mounts it writable"),
    Feature.SHARED_VOLUMES: does("any group on the machine can mount it"),
    Feature.READ_ONLY_MOUNTS: does("set on each mount"),
    Feature.HOST_DEVICES: does("each device listed in machine.devices"),
    Feature.GPU: does("a device request; the group's enforcement limits its memory"),
    Feature.GPU_BURST: does("requests are reserved, limits are enforced"),
    Feature.MPS: does("one MPS control daemon per GPU, in wave 0"),
    Feature.COPIES: changes("a machine runs one copy of each group; use a cluster to scale out"),
    Feature.SIGNALS: changes("a machine runs one copy of each group, whatever the queue"),
    Feature.SIGNALS_WITHOUT_KEDA: changes("a machine runs one copy of each group, whatever the queue"),
    Feature.TIER: changes("a machine evicts nothing, because all requests fit"),
    Feature.ROLLING: changes("the old container stops before the new one starts"),
    Feature.ROLLING_WITH_A_CARD: changes("the old container stops before the new one starts"),
    Feature.ROLLING_WITH_A_VOLUME: changes("the old container stops before the new one starts"),
    Feature.TWO_TRACKS: changes("a machine runs one version of a group; the new version replaces the old one"),
}

UNRENDERED: Mapping[str, str] = {
    "archs": "`fleet validate` refuses images of another architecture",
    "hardening.exceptions": "policies read them from labels",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "memory_request_mib": "`fleet validate` sums the requests; policies read it from a label",
    "health.deadline_s": "limit of `pulumi up` for the container to become healthy",
    "health.http": "`health.test` sends the request inside the container",
}
