"""Reasons of constant fields of a cluster: glob of `<Kind>.<path>` or `<logical name>/<Kind>.<path>` -> reason."""

from __future__ import annotations

_RESTRICTED = "required by the restricted Pod Security level, which the namespace enforces"

REASONS = {
    "*.runAsNonRoot": _RESTRICTED,
    "*.seccompProfile.type": _RESTRICTED,
    "*.automountServiceAccountToken": "no agent uses the cluster's API",
    "*.imagePullPolicy": "images are pinned, so a node's copy never goes stale",
    "*.strategy.type": "another rollout.strategy replaces the object",
    "*.spec.replicas": "its volume allows a single writer, so it has one replica",
    "HorizontalPodAutoscaler.spec.behavior.*": "up at once, at most doubling every 15 s; down one pod a minute",
    "Service.spec.type": "reached only inside the cluster; machine.cluster.entrance opens it",
}
