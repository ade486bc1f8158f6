"""F05: a secret is a file, not an environment variable.

Child processes inherit variables, and crash reports contain them; a file can be rotated while the program runs. On
Docker, a label names the variables with secrets, and F04 checks the values of all others.
"""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, Settings, Severity


def _problem(name: str, settings: Settings) -> str | None:
    return f"env_secrets holds {shown(name)}, which child processes, crash reports and `docker inspect` expose"


RULE = ContainerRule(
    id="F05",
    name="secrets-as-files",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container gets its secrets as files, not as environment variables.",
    remedy="drop env under containers.<name>.secrets, or use file_env if the image reads a file",
    elsewhere="mount the secret as a volume, with its path in <NAME>_FILE",
    sources=("CKV_K8S_35", "KubeLinter read-secret-from-env-var"),
    **on_entries("env_secrets", _problem),
)
