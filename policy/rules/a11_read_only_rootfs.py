"""A11: the root file system is read-only."""

from __future__ import annotations

from policy.core.checks import if_false
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

RULE = ContainerRule(
    id="A11",
    name="read-only-rootfs",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container's root file system is read-only; it writes to volumes and tmpfs.",
    remedy="set containers.<name>.hardening.read_only_root to true and list paths it writes to under hardening.tmpfs",
    elsewhere="make its root file system read-only, with a tmpfs at each path it writes to",
    on_cluster="set readOnlyRootFilesystem to true, with an emptyDir at each path it writes to",
    sources=(
        "CKV_K8S_22", "KSV-0014", "CIS Docker 5.13", "KubeLinter no-read-only-root-fs",
        "Pulumi enable-read-only-root-filesystem",
    ),
    exception="read_only_root",
    targets=(DOCKER, KUBERNETES),
    **if_false("read_only_root", ", so an attacker can replace the programs it runs"),
)  # fmt: skip
