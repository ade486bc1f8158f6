"""What a Kubernetes cluster does, changes or cannot do of each feature."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.targets.features import Feature, Support, cannot, changes, does

CAPABILITIES: Mapping[Feature, Support] = {
    Feature.HARDENING: does("namespaces enforce the restricted Pod Security level"),
    Feature.WEAKENED_HARDENING: cannot(
        "namespaces enforce the restricted Pod Security level, which refuses such pods; drop hardening's exception"
    ),
    Feature.MEMORY_LIMIT: does("a kubelet does not start without the memory cgroup"),
    Feature.PROCESS_LIMIT: changes("a node's kubelet sets it for all its pods (podPidsLimit)"),
    Feature.OPEN_FILES: changes(
        "a pod has no field for it; the node's container runtime gives all containers its own (LimitNOFILE of its unit)"
    ),
    Feature.SHARED_MEMORY: does("a volume in memory, which counts toward the memory limit"),
    Feature.SHARED_NETWORK_IDENTITY: does("main container and sidecars in one pod"),
    Feature.WAVES: does("`pulumi up` waits for pods to be ready; plain manifests start at once and find each other"),
    Feature.CROSS_MACHINE_START: changes("a cluster sees its own pods only; the group waits for its peer itself"),
    Feature.HTTP_HEALTH_OF_READY_IMAGE: does("the node asks from outside"),
    Feature.HEALTH_COMMAND: does("exec probes: the kubelet runs it inside the container"),
    Feature.NO_RESTART: cannot(
        "a Deployment's and a StatefulSet's pods take restartPolicy Always alone, so what ends runs again, with pauses "
        "that grow to five minutes; keep it on a Docker machine, or let it restart"
    ),
    Feature.RESTART_LIMIT: changes("a pod is restarted for ever, with pauses that grow to five minutes"),
    Feature.STOP_GRACE: does("terminationGracePeriodSeconds; a pod has the longest of its containers'"),
    Feature.DECLARED_EDGES: does("network policies: all denied, then edge by edge"),
    Feature.TENANTS: does("a namespace a tenant, under network policies"),
    Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE: does("network policies name groups, not namespaces"),
    Feature.OUTSIDE: changes("network policies know no host names: the port is open to every public address"),
    Feature.SECRETS: changes(
        "a secret is a Secret of the namespace, which its owner makes: `kubectl create secret generic <name> "
        "--from-file=value=<file>`"
    ),
    Feature.HOST_FOLDERS: cannot("the restricted Pod Security level refuses folders of the node"),
    Feature.VOLUME_SIZE: does("the claim's size"),
    Feature.SINGLE_WRITER: does("a StatefulSet with one pod"),
    Feature.SHARED_VOLUMES: does("claims of cluster.shared_storage_class"),
    Feature.READ_ONLY_MOUNTS: does("set on each mount"),
    Feature.HOST_DEVICES: cannot("the restricted Pod Security level refuses devices of the node; keep it on Docker"),
    Feature.GPU: does("a device, a share of one or an amount of its memory, by the pool's sharing"),
    Feature.GPU_BURST: changes("a cluster reserves what it caps: the limit is reserved, and nothing bursts"),
    Feature.MPS: changes("the pool's sharing decides what caps GPU memory"),
    Feature.COPIES: does("a HorizontalPodAutoscaler on CPU and memory, or KEDA's"),
    Feature.SIGNALS: does("KEDA, where cluster.autoscaler says so"),
    Feature.TIER: does("a priority class a tier"),
    Feature.ROLLING: does("surge and unavailable as the group says"),
    Feature.ROLLING_WITH_A_CARD: changes("no card is spare for the new pod, so an old one stops first"),
    Feature.ROLLING_WITH_A_VOLUME: changes(
        "a volume of one pod is held on its node until that pod is gone; on several nodes the old pod stops first"
    ),
    Feature.TWO_TRACKS: does("two Deployments; requests from outside move by a Gateway's weights"),
}

UNRENDERED: Mapping[str, str] = {
    "name": "workloads are named after their group, and containers after their key",
    "hardening.exceptions": "labels carry them to policies",
    "agents": "the agent host starts them: FLEET_AGENTS",
    "aliases": "a Service has the group's name, and its namespace the tenant's",
    "extra_hosts": "the address book holds other machines' addresses",
    "ports": "no port of a node is opened: requests come in through the cluster's entrance",
    "health.start_period_s": "part of `health.deadline_s`, which the startup probe waits for",
}
"""Path of a planned container's field that no render carries -> where it takes effect instead."""
