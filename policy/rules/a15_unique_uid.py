"""A15: groups on one host do not share a user id.

Disabled by default: clients of an MPS daemon must share an id (G07), and so do groups that share a volume. Enable it if
each group has its own id; MPS clients are exempt.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import GPU_ENFORCEMENT, GROUP
from policy.core.parsing.users import user_id
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    first: dict[tuple[str, int | str], ContainerView] = {}
    for container in stack.containers:
        if container.user is None or container.labels.get(GPU_ENFORCEMENT) == "mps":
            continue
        uid = user_id(container.user)
        other = first.setdefault((container.host, uid), container)
        if _owner(other) != _owner(container):
            problem = f"user {uid} is also used by {other.label}, so after a breakout one can read the other's files"
            yield Finding("user", problem, of=container)


def _owner(container: ContainerView) -> str:
    return container.labels.get(GROUP) or container.urn or container.subject


RULE = StackRule(
    id="A15",
    name="unique-uid",
    level=Level.DISABLED,
    severity=Severity.LOW,
    summary="Groups on one host have different user ids, except clients of MPS.",
    remedy="set containers.<name>.hardening.run_as to an id that no other group uses",
    elsewhere="set its user to an id that nothing else on the host uses",
    sources=("Kyverno require-unique-uid-per-workload",),
    reads=("containers.user", "containers.labels"),
    check=_check,
)
