"""B13: a container runs no SSH server."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_PORT = 22
_WHY = "access that bypasses the fleet's logs, with separate keys"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if any(port.container_port == _PORT for port in container.ports):
        yield Finding("ports", f"ports publishes {_PORT}, the SSH port; {_WHY}")
    if any(port.number == _PORT for port in container.container_ports):
        yield Finding("container_ports", f"container_ports holds {_PORT}, the SSH port; {_WHY}")
    words = [word for argument in container.args for word in argument.split()]
    if any(basename(word) in settings["programs"] for word in words):
        yield Finding("args", f"args starts an SSH server; {_WHY}")


RULE = ContainerRule(
    id="B13",
    name="no-ssh",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="No container runs an SSH server or opens its port.",
    remedy="remove it; use docker exec or kubectl exec, which are logged",
    sources=("CKV_DOCKER_1", "DS-0004", "CIS Docker 5.7", "KubeLinter ssh-port"),
    defaults={"programs": ("sshd", "dropbear")},
    targets=(DOCKER, KUBERNETES),
    reads=("ports", "container_ports", "args"),
    each=("ports", "container_ports", "args"),
    check=_check,
)
