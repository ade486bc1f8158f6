"""What a Kubernetes cluster supports, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: does("namespaces enforce the restricted Pod Security level"),
    Feature.WEAKENED_HARDENING: cannot(
        "namespaces enforce the restricted Pod Security level, which refuses such pods; drop the hardening exception"
    ),
    Feature.MEMORY_LIMIT: does("the kubelet requires the memory cgroup"),
    Feature.PROCESS_LIMIT: changes("the kubelet sets one limit for all pods of a node (podPidsLimit)"),
    Feature.OPEN_FILES: changes(
        "a pod has no field for it; all containers get the limit of the node's container runtime (LimitNOFILE)"
    ),
    Feature.SHARED_MEMORY: does("a memory-backed volume, charged to the memory limit"),
    Feature.SHARED_NETWORK_IDENTITY: does("main container and sidecars in one pod"),
    Feature.WAVES: does("`pulumi up` waits for pods to be ready; plain manifests start all groups at once"),
    Feature.CROSS_MACHINE_START: changes("a cluster sees only its own pods; the group itself waits for its peer"),
    Feature.TERMINAL: does("tty of the container"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: does("the kubelet probes from outside the container"),
    Feature.HEALTH_COMMAND: does("exec probes: the kubelet runs it inside the container"),
    Feature.RUN_ONCE: does("a Job; `pulumi up` waits until it is complete"),
    Feature.RUN_FIRST: changes("an init container, which runs again with each pod, and is retried until it succeeds"),
    Feature.NO_RESTART: cannot(
        "pods of Deployments and StatefulSets require restartPolicy Always; set run: once for a job, keep the group on "
        "a Docker machine, or let it restart"
    ),
    Feature.RESTART_LIMIT: changes("restarts are unlimited, with a back-off of up to five minutes"),
    Feature.SLOW_CHECKS: does("timeoutSeconds of each probe"),
    Feature.LONG_START: does("a startup probe waits as long as the start period and the retries"),
    Feature.STOP_GRACE: does("terminationGracePeriodSeconds; the longest grace period in the pod applies"),
    Feature.PEOPLE: cannot(
        "nodes open no ports; expose the group under machine.cluster.entrance.exposed of the cluster's stack"
    ),
    Feature.LOCAL_PORTS: changes("nodes open no ports; use `kubectl port-forward` on your own machine"),
    Feature.HOST_NETWORK: cannot("the restricted Pod Security level refuses it; keep the group on Docker"),
    Feature.EXTRA_HOSTS: cannot(
        "host aliases bypass the cluster's DNS (rule B16); use its DNS, or a Service with an EndpointSlice"
    ),
    Feature.DECLARED_EDGES: does("network policies deny everything, then allow each declared connection"),
    Feature.TENANTS: does("one namespace per tenant, with network policies"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: does("network policies select groups, not namespaces"),
    Feature.OUTSIDE: changes("network policies do not support host names; the port is open to every public address"),
    Feature.SECRETS: changes(
        "each secret is a Secret in the namespace; create it with `kubectl create secret generic <name> "
        "--from-file=value=<file>`"
    ),
    Feature.SECRET_VARIABLES: does("secretKeyRef; a pod reads the value at its start"),
    Feature.HOST_FOLDERS: cannot(
        "the restricted Pod Security level refuses hostPath volumes; keep the group on Docker"
    ),
    Feature.VOLUME_SIZE: does("size of the claim"),
    Feature.VELERO: does("an annotation of the pod names the volumes"),
    Feature.SINGLE_WRITER: does("a StatefulSet with one pod"),
    Feature.SHARED_VOLUMES: does("claims of machine.cluster.shared_storage_class"),
    Feature.READ_ONLY_MOUNTS: does("set on each mount"),
    Feature.HOST_DEVICES: cannot(
        "the restricted Pod Security level refuses devices of the node; keep the group on Docker"
    ),
    Feature.GPU: does("a whole device, a share of one or an amount of its memory, depending on the pool's sharing"),
    Feature.GPU_BURST: changes("the limit is reserved, so that nothing bursts above the request"),
    Feature.MPS: changes("the pool's sharing decides how GPU memory is limited"),
    Feature.COPIES: does("a HorizontalPodAutoscaler on CPU and memory, or KEDA's"),
    Feature.SIGNALS: does("KEDA, if machine.cluster.autoscaler is set to it"),
    Feature.SIGNALS_WITHOUT_KEDA: changes(
        "the built-in autoscaler sees only CPU and memory; set machine.cluster.autoscaler to keda"
    ),
    Feature.TIER: does("one PriorityClass per tier"),
    Feature.ROLLING: does("with the surge and unavailable of the group"),
    Feature.ROLLING_WITH_A_CARD: changes("no GPU is free for the new pod, so an old pod stops first"),
    Feature.ROLLING_WITH_A_VOLUME: changes(
        "the volume is attached to one node until its pod is gone; with several nodes the old pod stops first"
    ),
    Feature.TWO_TRACKS: does("two Deployments; a Gateway divides outside requests by weight"),
}

UNRENDERED: Mapping[str, str] = {
    "name": "workloads are named after their group, and containers after their key",
    "hardening.executable": "files of a pod's volumes in memory may be executed",
    "hardening.exceptions": "policies read them from labels",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "aliases": "Services and namespaces provide the names",
    "init": "the program is always process 1: nothing is started before it",
    "extra_hosts": "the address book holds other machines' addresses",
    "ports": "no node port is opened; requests come in through the cluster's entrance",
    "health.start_period_s": "included in `health.deadline_s`, the limit of the startup probe",
}
