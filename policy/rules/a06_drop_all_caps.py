"""A06: all capabilities are dropped, and almost none are added back."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    dropped = container.capabilities_dropped
    if "ALL" not in dropped:
        what = f"only {', '.join(dropped)}" if dropped else "nothing"
        problem = f"capabilities_dropped holds {what}, so it keeps default capabilities such as CAP_CHOWN"
        yield Finding("capabilities_dropped", problem)
    extra = [name for name in container.capabilities_added if name not in settings["allowed"]]
    if extra:
        yield Finding("capabilities_added", f"capabilities_added holds {', '.join(extra)}, more than an agent needs")


RULE = ContainerRule(
    id="A06",
    name="drop-all-caps",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container drops all capabilities and adds back at most CAP_NET_BIND_SERVICE.",
    remedy="drop ALL, and remove what containers.<name>.hardening.capabilities adds",
    elsewhere="drop ALL, and add at most CAP_NET_BIND_SERVICE",
    on_cluster="drop ALL in the container's security context, and add at most NET_BIND_SERVICE",
    sources=(
        "CKV_K8S_37", "CKV_K8S_25", "CKV_K8S_28", "KSV-0003", "KSV-0004", "KSV-0022", "KSV-0106", "CIS Docker 5.4",
        "PSS capabilities_restricted", "Kyverno require-drop-all",
    ),
    exception="capabilities",
    defaults={"allowed": ("CAP_NET_BIND_SERVICE",)},
    targets=(DOCKER, KUBERNETES),
    reads=("capabilities_added", "capabilities_dropped"),
    check=_check,
)  # fmt: skip
