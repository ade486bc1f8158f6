"""A10: a container keeps SELinux's standard confinement."""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES


def _problem(option: tuple[str, str], settings: Settings) -> str | None:
    part, value = option
    if part == "type" and value not in settings["types"]:
        return f"selinux type is {shown(value)}, which allows more on the host than a container type"
    if part in ("user", "role"):
        return f"selinux {part} is {shown(value)}, and containers must not set one"
    return "selinux is disabled, so SELinux does not confine the container" if part == "disable" else None


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
    **on_entries("selinux", _problem),
)
