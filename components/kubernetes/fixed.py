"""Fields of a cluster's objects that no key decides, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_KIND = "what the object is"
_RESTRICTED = "the restricted level of Pod Security, which the namespace enforces, asks for it"
_HARDENED = "the same for every container: hardened by default, and nothing gives it back"
_TRACK = "a group that is not being rolled out runs the version it ran last: blue, at first"
_NAMES = "every pod may look up names, and nothing else by default"
_SPREAD = "copies are spread over nodes where that is possible, and run together where it is not"
_PACE = "up at once, to twice as many at most every 15 s; down a copy a minute"
_PROBED = "every pod is asked alike: components/kubernetes/manifests/probes.py"

FIXED: Mapping[str, str] = {
    "*.apiVersion": _KIND,
    "*.kind": _KIND,
    "*app.kubernetes.io/managed-by": "tells that the fleet made it, so that nobody changes it by hand",
    "*.fleet.track": _TRACK,
    "*.fleet.local/*.container": "every group has a container of this key, by which it is known",
    "*.env.BIND_ADDRESS": "inside the pod's own network, every address is its own",
    "*.env.PORT_OFFSET": "each pod has an address of its own, so that no port is ever shifted",
    "*.env.HOME": "the writable folder of a read-only root",
    "*.env.SERVICE_DISCOVERY_MODE": "pods find each other by the names of services",
    "*.env.CROSS_MACHINE_SYNC": "no peer elsewhere has a port whose service is discovery or observability",
    "*.env.FLEET_CONTAINER": "every group has a container of this key, by which it is known",
    "*.containers.*.name": "every group has a container of this key, by which it is known",
    "*.initialDelaySeconds": _PROBED,
    "*Probe.periodSeconds": _PROBED,
    "*Probe.failureThreshold": f"{_PROBED}; never less than 30 tries to start",
    "*.imagePullPolicy": "an image is pinned or its tag never moves: what a node has is what is meant",
    "*.capabilities.drop": f"{_HARDENED}; hardening.capabilities adds some back beside it",
    "*.securityContext.privileged": _HARDENED,
    "*.runAsNonRoot": _RESTRICTED,
    "*.seccompProfile.type": _RESTRICTED,
    "*.fsGroupChangePolicy": "files are given to the group once, and not at every start",
    "*.automountServiceAccountToken": "no agent talks to the cluster's API",
    "*.enableServiceLinks": "an environment full of other services would tell agents what they must not know",
    "*.ephemeral-storage": "every container's logs and scratch are bounded alike",
    "*.volumeMounts.*": "the root is read-only: /tmp and /dev/shm are folders in memory",
    "*.medium": "folders in memory: a container leaves nothing on a node's disk",
    "*.podAffinityTerm.topologyKey": _SPREAD,
    "*.preferredDuringSchedulingIgnoredDuringExecution.*.weight": _SPREAD,
    "*.progressDeadlineSeconds": "as long as its probes give it to start, and no less than ten minutes",
    "*.revisionHistoryLimit": "so many old versions are kept to go back to",
    "*.strategy.type": "another strategy makes another object: rollout.strategy of the group",
    "*.spec.replicas": "its volume takes one writer, so that there is one copy",
    "HorizontalPodAutoscaler.spec.behavior.*": _PACE,
    "HorizontalPodAutoscaler.spec.metrics.*": "what is measured: the use of what the group requests",
    "Ingress.metadata.annotations.*": "what comes in is encrypted",
    "LimitRange.metadata.name": "there is one in a namespace",
    "ResourceQuota.metadata.name": "there is one in a namespace",
    "LimitRange.spec.limits.*": "what a container without figures gets; the fleet's own all have figures",
    "Namespace.metadata.labels.pod-security.kubernetes.io/*": "nothing in it may be less than restricted",
    "NetworkPolicy.metadata.name": "it holds for every pod of its namespace: default-deny, and names",
    "NetworkPolicy.spec.policyTypes": "both directions are closed but for what is declared",
    "NetworkPolicy.spec.egress.*": _NAMES,
    "PersistentVolumeClaim.*.fleet.local/volume.writers": "one writer is refused for several copies or versions",
    "PersistentVolumeClaim.spec.accessModes": "several pods mount it where several groups or copies do",
    "PodDisruptionBudget.spec.maxUnavailable": "one copy may be missing while nodes are emptied",
    "PriorityClass.*": "one class a tier, with figures that keep the tiers apart",
    "ResourceQuota.spec.hard.services.*": "nothing opens a port on nodes or takes an address of its own",
    "ResourceQuota.spec.hard.requests.*": "no group of the namespace asks for such a card",
    "Service.spec.type": "reached from inside the cluster alone; an entrance is what opens it",
    "ServiceAccount.*": "an account of its own, without a right to anything",
    "ConfigMap.data.*": "the group names no peers, so that its address book is empty",
    "*Group.wave": "it starts after no group of this stack",
    "kubernetes.enable*": "a changed address book updates in place, and fields that others own stay theirs",
}
"""`<Kind>.<path>` or `<logical name>/<Kind>.<path>`, with * for anything -> why; the first that fits counts."""
