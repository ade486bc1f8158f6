"""Why a resource's field is a constant. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

_RENDERERS = {"docker": "docker", "kubernetes": "kubernetes", "gcp": "cloudrun", "cloudrun": "cloudrun"}
_SHARED_API = "the project may use the API outside this stack"
_RESTRICTED = "required by the restricted Pod Security level, which the namespace enforces"

_REASONS: Mapping[str, str] = {
    "*-gpu-sharing-*/*": "set for every MPS daemon by fleet/plan/mps.py",
    "*.capabilities.drop*": "hardened by default; hardening.capabilities adds some back",
    "*.privileged": "hardened by default; no key allows it",
    "*.runAsNonRoot": _RESTRICTED,
    "*.seccompProfile.type": _RESTRICTED,
    "*.HOME": "the writable folder of a read-only root",
    "*.PORT_OFFSET": "each container has its own address, so ports are never shifted",
    "*.CROSS_MACHINE_SYNC": "no peer on another machine offers a discovery or observability port",
    "*Group.wave": "it waits for no group of this stack",
    "*.automountServiceAccountToken": "no agent uses the cluster's API",
    "*.imagePullPolicy": "images are pinned, so a node's copy never goes stale",
    "*.strategy.type": "another rollout.strategy replaces the object",
    "*.spec.replicas": "its volume allows a single writer, so it has one replica",
    "Container.log*": "logs are bounded: three files of 10 MB",
    "Container.networkMode": "the container is created on the bridge, then joins networksAdvanced",
    "Container.wait": "a health hook waits instead: the provider sees an exited container only at its timeout",
    "Image.buildOnPreview": "a preview must not need the machine",
    "HorizontalPodAutoscaler.spec.behavior.*": "up at once, at most doubling every 15 s; down one pod a minute",
    "Service.spec.type": "reached only inside the cluster; machine.cluster.entrance opens it",
    "Service.invokerIamDisabled": "every caller of a service must be authenticated",
    "Service.disable*": _SHARED_API,
    "Repository.cleanupPolicies.*": "untagged images are deleted after a week, the newest are kept",
}
"""Glob of `<Kind>.<path>` or `<logical name>/<Kind>.<path>` -> reason; the first match applies."""


def reason_for(type_: str, name: str, path: tuple[str, ...]) -> str:
    """Why no key sets a field; for most fields, only where the constant is set."""
    kind = type_.rpartition(":")[2]
    text = f"{kind}.{'.'.join(path)}"
    for pattern, reason in _REASONS.items():
        if fnmatchcase(text, pattern) or fnmatchcase(f"{name}/{text}", pattern):
            return f"constant: {reason}"
    package = type_.removeprefix("pulumi:providers:").removeprefix("fleet:").partition(":")[0].partition("/")[0]
    return f"constant: set by the renderer for every {kind} (components/{_RENDERERS[package]})"
