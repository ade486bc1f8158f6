"""A01: the container's process is not root."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.users import user_id
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.target == KUBERNETES and not container.non_root:
        problem = "non_root is false, so a cluster starts an image as root where the image says so"
        yield Finding(container.subject, "non_root", problem)
    if container.user is None:
        if container.target == KUBERNETES:
            return  # Where non_root is true, the kubelet refuses what is root.
        yield Finding(container.subject, "user", "user is not set, so the image decides, and most images mean root")
    elif user_id(container.user) in (0, "root", ""):
        problem = f"user is {shown(container.user)}; an agent that breaks out would be root on the host"
        yield Finding(container.subject, "user", problem)


RULE = ContainerRule(
    id="A01",
    name="non-root-user",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container runs as a user that is set and is not root.",
    remedy="set containers.<name>.hardening.run_as to uid:gid, both above 10000",
    elsewhere="set its user to uid:gid, both above 10000",
    on_cluster="set runAsNonRoot to true in its pod's or its own security context, with a runAsUser above 10000",
    sources=(
        "CKV_K8S_23", "CKV_DOCKER_3", "CKV_DOCKER_8", "KSV-0012", "KSV-0105", "DS-0002", "CIS Docker 4.1",
        "PSS runAsNonRoot", "PSS runAsUser", "Kyverno require-run-as-nonroot", "KubeLinter run-as-non-root",
    ),
    exception="run_as",
    targets=(DOCKER, KUBERNETES),
    reads=("user", "non_root"),
    check=_check,
)  # fmt: skip
