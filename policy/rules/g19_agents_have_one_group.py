"""G19: every agent belongs to exactly one group, and each group runs as many as the manifest lists.

An agent's name is its address on its machine. The agents come from the containers' environment; the manifest is what
the machine's component published. Other machines are other stacks, not visible here.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.frozen import dataclass
from fleet.labels import CONTAINER, GROUP
from fleet.source.redaction import shown
from policy.core.parsing.agents import AGENTS, Agents, agents_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import MachineView, StackView

_NAMES_MAX = 5


@dataclass(frozen=True, slots=True)
class _Held:
    """The agents of one container, and its group."""

    container: ContainerView
    agents: Agents
    group: str
    key: str

    @property
    def place(self) -> tuple[str, str]:
        """Versions and regions of one container have the same place."""
        return self.group, self.key


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    hosts: dict[str, list[_Held]] = {}
    for container in stack.containers:
        if (agents := agents_of(container)) and "labels" not in container.unknown:
            labels = container.labels
            held = _Held(container, agents, labels.get(GROUP, ""), labels.get(CONTAINER, container.subject))
            hosts.setdefault(container.host, []).append(held)
            yield from _alone(held)
    for found in hosts.values():
        yield from _shared(found)
    for machine in stack.machines:
        if not any("labels" in container.unknown for container in stack.on(machine)):
            yield from _counts(machine, hosts.get(machine.subject, []), stack)


def _alone(held: _Held) -> Iterator[Finding]:
    if not held.agents.readable:
        value = next(value for name, value in reversed(held.container.env) if name == AGENTS)
        problem = f"env {AGENTS} is {shown(value)}, which lists no agents, so the agent host starts none"
        yield Finding("env", problem, of=held.container)
    if held.agents.twice:
        problem = f"env {AGENTS} lists {_names(held.agents.twice)} twice, and only the last of each starts"
        yield Finding("env", problem, of=held.container)
    if not held.group and held.agents.commands:
        problem = f"label {GROUP} is not set, so its agents {_names(held.agents.commands)} belong to no group"
        yield Finding("labels", problem, f"set the label {GROUP}, or remove {AGENTS}", of=held.container)


def _shared(found: list[_Held]) -> Iterator[Finding]:
    owners: dict[str, _Held] = {}
    for held in found:
        also: dict[tuple[str, str], list[str]] = {}
        for name in held.agents.commands:
            owner = owners.setdefault(name, held)
            if owner.place != held.place:
                also.setdefault(owner.place, []).append(name)
        for (group, key), names in also.items():
            where = f"container {key} of {group or 'no group'}"
            problem = f"env {AGENTS} lists {_names(names)}, which {where} also runs, so two share one name"
            yield Finding("env", problem, of=held.container)


def _counts(machine: MachineView, found: list[_Held], stack: StackView) -> Iterator[Finding]:
    if machine.agents is None or "agents" in machine.unknown:
        return
    running: dict[str, set[str]] = {}
    first: dict[str, ContainerView] = {}
    for held in found:
        running.setdefault(held.group, set()).update(held.agents.commands)
        first.setdefault(held.group, held.container)
    unseen = {c.labels.get(GROUP, "") for c in stack.on(machine) if "env" in c.unknown}
    for group in sorted({*machine.agents, *running} - unseen - {""}):
        said, runs = machine.agents.get(group, 0), len(running.get(group, ()))
        if said != runs:
            problem = f"agents of {group} are {runs}, but the manifest of {machine.name} lists {said}"
            yield Finding("env", problem, of=first.get(group, machine))


def _names(names: object) -> str:
    listed = list(names) if isinstance(names, tuple | list | dict) else []
    rest = len(listed) - _NAMES_MAX
    shown_names = ", ".join(shown(name) for name in listed[:_NAMES_MAX])
    return f"{shown_names} and {rest} more" if rest > 0 else shown_names


RULE = StackRule(
    id="G19",
    name="agents-have-one-group",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Every agent belongs to exactly one group, and each group runs as many as the manifest lists.",
    remedy=f"list the agent under containers.<name>.agents of one group, and let the plan set {AGENTS}",
    elsewhere=f"list each agent in {AGENTS} of one container",
    reads=("containers.env", "containers.labels", "machines.agents"),
    check=_check,
)
