"""A01: the container's process is not root."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.parsing.users import user_id
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.target == KUBERNETES and not container.non_root:
        problem = "non_root is false, so the kubelet starts the image as root if that is its default user"
        yield Finding("non_root", problem)
    if container.user is None:
        if container.target == KUBERNETES:
            return  # With non_root, the kubelet refuses to start a container as root.
        yield Finding("user", "user is not set, so the image decides, and most images run as root")
    elif user_id(container.user) in (0, "root", ""):
        problem = f"user is {shown(container.user)}; a process that breaks out of the container is root on the host"
        yield Finding("user", problem)


RULE = ContainerRule(
    id="A01",
    name="non-root-user",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container sets a user that is not root.",
    remedy="set containers.<name>.hardening.run_as to uid:gid, both above 10000",
    elsewhere="set its user to uid:gid, both above 10000",
    on_cluster="set runAsNonRoot to true and runAsUser above 10000 in the pod's or container's security context",
    sources=(
        "CKV_K8S_23", "CKV_DOCKER_3", "CKV_DOCKER_8", "KSV-0012", "KSV-0105", "DS-0002", "CIS Docker 4.1",
        "PSS runAsNonRoot", "PSS runAsUser", "Kyverno require-run-as-nonroot", "KubeLinter run-as-non-root",
    ),
    exception="run_as",
    targets=(DOCKER, KUBERNETES),
    reads=("user", "non_root"),
    check=_check,
)  # fmt: skip
