"""F05: a secret is a file, not a variable.

Variables are handed to every child process, and stand in crash reports; a file can be renewed while the program runs.
Docker's provider has no variables from a secret store: there F04 judges their values.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for name in container.env_secrets:
        problem = f"env_secrets holds {shown(name)}, which every child process and crash report gets to see"
        yield Finding(container.subject, "env_secrets", problem)


RULE = ContainerRule(
    id="F05",
    name="secrets-as-files",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container gets its secrets as files, not as environment variables.",
    remedy="name it under containers.<name>.secrets, so that it comes as a file",
    elsewhere="mount the secret as a volume, with the path in <NAME>_FILE",
    sources=("CKV_K8S_35", "KubeLinter read-secret-from-env-var"),
    targets=(KUBERNETES, CLOUDRUN),
    reads=("env_secrets",),
    each=("env_secrets",),
    check=_check,
)
