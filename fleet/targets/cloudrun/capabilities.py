"""What Cloud Run supports, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: changes("each instance runs in a sandbox; its root file system is writable, in memory"),
    Feature.WEAKENED_HARDENING: does("the sandbox is the same for all groups"),
    Feature.MEMORY_LIMIT: does("an instance that exceeds it is terminated"),
    Feature.PROCESS_LIMIT: changes("the sandbox sets the limit, which cannot be changed"),
    Feature.OPEN_FILES: changes("the sandbox sets the limit, which cannot be changed"),
    Feature.SHARED_MEMORY: changes(
        "it is part of the instance's memory and has no size field; give the service enough memory for both"
    ),
    Feature.SHARED_NETWORK_IDENTITY: does("main container and sidecars in one instance"),
    Feature.WAVES: does("`pulumi up` creates a service once the services it starts after are ready"),
    Feature.CROSS_MACHINE_START: changes("a region sees only its own services; the group itself waits for its peer"),
    Feature.TERMINAL: changes("there is no terminal; the program's output goes to Cloud Logging"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: does("Cloud Run probes from outside the container"),
    Feature.HEALTH_COMMAND: changes("Cloud Run probes over HTTP or TCP and runs no command; set health.path"),
    Feature.RUN_ONCE: changes(
        "`pulumi up` creates a job and does not run it; run `gcloud run jobs execute <group> --wait`"
    ),
    Feature.RUN_FIRST: cannot(
        "Cloud Run has no init containers; make it a group of its own, with machine.cloud.services.<group>.kind: job"
    ),
    Feature.NO_RESTART: cannot(
        "services and worker pools replace an instance that exits; set machine.cloud.services.<group>.kind to job, or "
        "keep the group on a Docker machine"
    ),
    Feature.RESTART_LIMIT: changes("an instance that exits is replaced, without a limit"),
    Feature.SLOW_CHECKS: changes("probes of the start and of readiness last 10 s at most, their period"),
    Feature.LONG_START: changes("a container has 240 s to start; then its instance is replaced"),
    Feature.STOP_GRACE: changes("SIGTERM, then SIGKILL after 10 s, which cannot be changed; stop within 10 s"),
    Feature.PEOPLE: cannot(
        "there is no LAN, and only invokers may call a service; list them under "
        "machine.cloud.services.<group>.invokers, such as user:owner@example.org"
    ),
    Feature.LOCAL_PORTS: changes("there is no host; use `gcloud run services proxy` on your own machine"),
    Feature.HOST_NETWORK: cannot("there is no host; keep the group on Docker"),
    Feature.EXTRA_HOSTS: cannot("an instance has no hosts file of yours; use a private zone of Cloud DNS"),
    Feature.DECLARED_EDGES: changes("a service's invokers decide who may call it; names and ports are not filtered"),
    Feature.TENANTS: cannot("services of a project see each other's addresses; give each tenant its own project"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: does("invokers are listed one by one"),
    Feature.OUTSIDE: changes(
        "all outbound connections are allowed, unless egress goes through a network that filters them"
    ),
    Feature.SECRETS: does("a pinned version in Secret Manager, mounted as a file"),
    Feature.SECRET_VARIABLES: does("a pinned version in Secret Manager, read when an instance starts"),
    Feature.HOST_FOLDERS: cannot("there is no host; set a backing under machine.cloud.services.<group>.volumes"),
    Feature.VOLUME_SIZE: changes("a bucket has no size limit"),
    Feature.VELERO: changes("Velero copies volumes of a cluster only: nothing backs this one up; name another tool"),
    Feature.SINGLE_WRITER: changes("at most one instance; two may overlap while a revision is replaced"),
    Feature.SHARED_VOLUMES: does("a bucket mounted by every instance, without file locks"),
    Feature.READ_ONLY_MOUNTS: changes(
        "a bucket is read-only for all containers of an instance or for none, and memory is always writable; use a "
        "separate bucket"
    ),
    Feature.HOST_DEVICES: cannot("there is no host; keep the group on Docker"),
    Feature.GPU: does("a whole GPU per instance, billed while the instance runs"),
    Feature.GPU_BURST: does("each instance has a whole GPU"),
    Feature.MPS: changes("each instance has a whole GPU"),
    Feature.COPIES: does("scales on requests, between min and max instances"),
    Feature.SIGNALS: cannot("Cloud Run scales only on requests; keep the group on a cluster with KEDA"),
    Feature.SIGNALS_WITHOUT_KEDA: cannot("Cloud Run scales only on requests; keep the group on a cluster with KEDA"),
    Feature.TIER: changes("instances do not compete for capacity; min_instances keeps some warm"),
    Feature.ROLLING: does("a new revision gets the requests once it is ready"),
    Feature.ROLLING_WITH_A_CARD: does("each instance has its own GPU, within the project's quota"),
    Feature.ROLLING_WITH_A_VOLUME: does("both revisions mount the bucket during the update"),
    Feature.TWO_TRACKS: does("two revisions that divide the requests by percent"),
}

UNRENDERED: Mapping[str, str] = {
    "name": "workloads are named after their group, and containers after their key",
    "archs": "Cloud Run runs amd64; `fleet validate` refuses other images",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "aliases": "the project and the region determine a service's address",
    "init": "the program is always process 1: nothing is started before it",
    "extra_hosts": "the address book holds other machines' addresses",
    "ports": "a service has its own address and one port",
    "memory_request_mib": "an instance reserves its limit",
    "cpu_request_millicores": "an instance reserves its limit",
    "health.start_period_s": "included in `health.deadline_s`, the limit of the startup probe",
}
