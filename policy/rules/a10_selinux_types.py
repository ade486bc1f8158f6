"""A10: a container keeps SELinux's standard confinement."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for part, value in container.selinux:
        if part == "type" and value not in settings["types"]:
            problem = f"selinux type is {shown(value)}, which allows more on the host than a container type"
        elif part in ("user", "role"):
            problem = f"selinux {part} is {shown(value)}, and containers must not set one"
        elif part == "disable":
            problem = "selinux is disabled, so SELinux does not confine the container"
        else:
            continue
        yield Finding("selinux", problem)


RULE = ContainerRule(
    id="A10",
    name="selinux-types",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container sets a container type of SELinux, and no user or role.",
    remedy="remove the SELinux options",
    sources=("KSV-0025", "CIS Docker 5.3", "PSS seLinuxOptions"),
    defaults={"types": ("container_t", "container_init_t", "container_kvm_t")},
    targets=(DOCKER, KUBERNETES),
    reads=("selinux",),
    each=("selinux",),
    check=_check,
)
