"""What a rule is: an id of the catalogue, a level, and a plain callable; nothing here imports Pulumi.

The same rules run in the policy pack (`policy/__main__.py`) and in the offline plan (`policy/engine/judge.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from fleet.frozen import dataclass
from policy.views.container import ContainerView
from policy.views.stack import StackView


class Level(StrEnum):
    """Enforcement level, by CrossGuard's names."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    DISABLED = "disabled"


class Severity(StrEnum):
    """How bad it is where a rule is broken, by CrossGuard's names; what is done about it is the level's matter."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    """Who uses it has the host, the cluster or a secret."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault a rule found, before it is given a level.

    `subject` names the resource (logical name), `field` the deciding property, `problem` says what is wrong and quotes
    the value (`user is "0:0"; an agent that breaks out would be root on the host`), without the way out: that is the
    rule's `remedy`, or this finding's own.
    """

    subject: str
    field: str
    problem: str
    remedy: str = ""
    urn: str = ""
    """Of the resource, where its name alone may mean another: on a cluster a service is often named like its pods."""


Settings = Mapping[str, Any]
"""A rule's own settings: its `defaults`, overlaid by the policy configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule states of itself.

    id: of the catalogue, such as `A01`; name: kebab case, such as `non-root-user`; summary: one sentence;
    remedy: what to set, naming the field of a group or stack file (`<name>` stands for the container's key);
    elsewhere: what to set on a container that no group's file describes, where that differs;
    on_cluster: the same for one of a cluster, where that differs again;
    sources: ids of the public rule sets it comes from;
    exception: the hardening field (`fleet.exception.<field>` label) that may waive it, if any;
    waivable: a group may waive it by its id (`fleet.waiver.<id>` label);
    defaults: its settings; a text, a flag, a whole number or a list of texts each.
    """

    id: str
    name: str
    level: Level
    severity: Severity
    summary: str
    remedy: str
    elsewhere: str = ""
    on_cluster: str = ""
    sources: tuple[str, ...] = ()
    exception: str = ""
    waivable: bool = True
    defaults: Settings = field(default_factory=dict)

    @property
    def policy_name(self) -> str:
        """Name under which CrossGuard knows the rule: `A01-non-root-user`."""
        return f"{self.id}-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCheck:
    """Judges one resource that is no container, before it is created.

    of: the collection of StackView it is about, such as `volumes` or `pods`;
    reads, each: fields of such a view, as in a ContainerRule.
    """

    of: str
    reads: tuple[str, ...]
    each: tuple[str, ...] = ()
    check: Callable[[Any, Settings], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRule(Rule):
    """Judges one container, before it is created.

    reads: the ContainerView fields it depends on; where one is unknown at preview, the rule is not run and says so;
    each: those of them whose entries it judges one by one, for what they say and not for what is missing: where some
    are unknown, it judges the others all the same;
    targets: the kinds of machine it is about;
    resources: judges other resources by themselves, where one can be another way to what the rule forbids.
    """

    reads: tuple[str, ...]
    each: tuple[str, ...] = ()
    targets: tuple[str, ...]
    check: Callable[[ContainerView, Settings], Iterable[Finding]]
    resources: tuple[ResourceCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule(Rule):
    """Judges single resources that are no containers (a pod as a whole, a service, a role), before they are created."""

    resources: tuple[ResourceCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(Rule):
    """Judges everything a stack registered, together.

    reads: what it depends on, such as `containers.labels`; where some is unknown at preview, the rule judges the rest
    and says so.
    """

    reads: tuple[str, ...]
    check: Callable[[StackView, Settings], Iterable[Finding]]
