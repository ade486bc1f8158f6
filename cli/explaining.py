"""Where a registered container's values come from, and which rules read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from cli.offline.program import Run
from cli.view.places import container_of, path_of
from fleet.document import dotted
from fleet.load.validation import suggestion
from fleet.model import Target
from fleet.plan.deployment import PlannedContainer
from fleet.secrets import redacted
from fleet.sources import NAMESPACE
from policy.assemble import stack_view
from policy.catalogue import rules
from policy.containers import ContainerView
from policy.rule import ContainerRule, Rule, StackRule

_OF_STACK = {"process_limit": ("machine", "process_limit"), "networks": ("machine", "network")}
"""Field of a view -> path in the stack's file, where that decides it."""

_COMPUTED = {
    "image": "the plan names what is built here, from build and the stack's fleet:images",
    "env": "the plan adds the address book and what the agents' program is told",
    "mounts": "the plan adds secrets and folders in memory",
    "capabilities_dropped": "all are dropped; what the key names is added back",
}
_LEFT_OUT = ("subject", "target", "name", "role", "urn", "host", "unknown")


@dataclass(frozen=True, slots=True)
class Explained:
    """One field of one container."""

    resource: str
    field: str
    value: str
    origin: str
    """`written`, `default` or `computed`."""
    place: str
    """`file:line`, of the nearest key that is written; empty where no file of ours decides it."""
    key: str
    """Dotted path of the key that would change it; empty where there is none."""
    note: str
    rules: tuple[str, ...]


class NotFoundError(Exception):
    """No such resource or field; the message says what there is."""


def explained(run: Run, resource: str, field: str | None) -> list[Explained]:
    """Every field that a key decides, or the one asked for, of the containers that a name means.

    Raises NotFoundError.
    """
    known = [one.name for one in fields(ContainerView) if one.name not in _LEFT_OUT]
    if field is not None and field not in known:
        msg = f'"{field}" is no field of a container; {suggestion(field, known)}'
        raise NotFoundError(msg)
    found = []
    for view, container in _meant(run, resource):
        asked = [field] if field else [name for name in known if _decides(name)]
        found += [_explain(run, view, container, name) for name in asked]
    return found


def _decides(field: str) -> bool:
    return len(path_of("main", field)) > len(path_of("main", "")) or field in _OF_STACK


def _meant(run: Run, resource: str) -> list[tuple[ContainerView, PlannedContainer]]:
    pairs = [
        (view, container)
        for view in stack_view(run.resources).containers
        if (container := container_of(view.subject, run)) is not None
    ]
    found = [pair for pair in pairs if resource in (pair[0].subject, pair[1].name, pair[1].group)]
    if not found:
        names = {name for view, container in pairs for name in (view.subject, container.name, container.group)}
        msg = f'"{resource}" is no container or group of {run.deployment.stack}; {suggestion(resource, names)}'
        raise NotFoundError(msg)
    return found


def _explain(run: Run, view: ContainerView, container: PlannedContainer, field: str) -> Explained:
    value = redacted(str(getattr(view, field)))
    if field in view.unknown:
        value = "not known until `up`, or hidden as a secret"
    origin, place, key = _origin(run, container, field)
    named = tuple(rule.id for rule in _readers(view, field))
    note = _COMPUTED.get(field, "")
    if origin == "default":
        model = "Hardening" if ".hardening." in key else "Machine" if key.startswith("machine.") else "Container"
        note = f"the default is {model}'s, in fleet/model/"
    return Explained(view.subject, field, value, origin, place, key, note, named)


def _origin(run: Run, container: PlannedContainer, field: str) -> tuple[str, str, str]:
    """(origin, place, key) of a field."""
    sources, stack = run.project.sources, run.deployment.stack
    if field in _OF_STACK and run.deployment.machine.target is Target.DOCKER:
        keys: tuple[str, ...] = _OF_STACK[field]
        document = sources.stacks[stack]
        path: tuple[str, ...] = ("config", f"{NAMESPACE}{keys[0]}", *keys[1:])
    elif container.group in sources.groups and field not in _OF_STACK and _decides(field):
        document, keys = sources.groups[container.group], path_of(container.key, field)
        if field == "image" and keys not in document.lines:
            keys = ("containers", container.key, "build")
        path = keys
    else:
        return "computed", "", ""
    source, line = document.place(path)
    place = source if line is None else f"{source}:{line}"
    if field in _COMPUTED and (field == "image" or path not in document.lines):
        return "computed", place, dotted(keys)
    return "written" if path in document.lines else "default", place, dotted(keys)


def _readers(view: ContainerView, field: str) -> Iterator[Rule]:
    for rule in rules():
        if isinstance(rule, ContainerRule):
            reads = view.target in rule.targets and field in rule.reads
        else:
            reads = isinstance(rule, StackRule) and f"containers.{field}" in rule.reads
        if reads:
            yield rule
