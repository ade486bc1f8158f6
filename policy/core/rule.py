"""A rule: an id of the catalogue, a level and a plain callable; nothing here imports Pulumi.

The same rules run in the policy pack (`policy/__main__.py`) and in the offline plan (`policy/engine/judge.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from fleet.frozen import dataclass
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView
from policy.views.stack import StackView

AS_IMAGE = "as_image"
"""Hardening field that leaves user, root and capabilities to the image."""


class Level(StrEnum):
    """Enforcement level, by CrossGuard's names."""

    ADVISORY = "advisory"
    MANDATORY = "mandatory"
    DISABLED = "disabled"


class Severity(StrEnum):
    """How bad a violation is, by CrossGuard's names; the level decides what happens."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    """It gives access to the host, the cluster or a secret."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault a rule found, before it has a level.

    `field` is the deciding property of the view. `problem` says what is wrong and quotes the value (`privileged is
    true, which grants every device and capability of the host`), without the fix: that is the rule's `remedy`, or this
    finding's own.
    """

    field: str
    problem: str
    remedy: str = ""
    of: Any = None
    """The view it is about; a rule that judges one view at a time need not name it."""


Settings = Mapping[str, Any]
"""A rule's own settings: its `defaults`, overlaid by the policy configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule declares.

    id: of the catalogue, such as `A01`; name: kebab case, such as `non-root-user`; summary: one sentence;
    remedy: what to set, naming the field of a group or stack file (`<name>` stands for the container's key);
    elsewhere: the same outside any group, if that differs;
    on_cluster: the same for a pod outside any group, if that differs again;
    sources: ids in public rule sets;
    exception: the hardening field (`fleet.exception.<field>` label) that may waive it, if any;
    waivable: a group may waive it by its id (`fleet.waiver.<id>` label);
    defaults: its settings, each a string, a boolean, an integer or a list of strings.
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
    def exception_path(self) -> str:
        """Where a group's file excuses a container from it by a hardening field; empty if none does."""
        if not self.exception:
            return ""
        field = self.exception if self.exception == AS_IMAGE else f"exceptions.{self.exception}"
        return f"containers.<name>.hardening.{field}"

    @property
    def policy_name(self) -> str:
        """Name under which CrossGuard knows the rule: `A01-non-root-user`."""
        return f"{self.id}-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCheck:
    """Judges one resource other than a container, before it is created.

    of: the collection of StackView it covers, such as `volumes` or `pods`;
    reads, each: fields of such a view, as in a ContainerRule.
    """

    of: str
    reads: tuple[str, ...]
    each: tuple[str, ...] = ()
    check: Callable[[Any, Settings], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRule(Rule):
    """Judges one container, before it is created.

    reads: the ContainerView fields it depends on; if one is unknown at preview, it is not applied and reports that;
    each: fields whose entries it judges one by one; if some entries are unknown, it still judges the others;
    targets: the kinds of machine it covers, all by default;
    resources: checks of other resources that could bypass the rule.
    """

    reads: tuple[str, ...]
    each: tuple[str, ...] = ()
    targets: tuple[str, ...] = (DOCKER, KUBERNETES, CLOUDRUN)
    check: Callable[[ContainerView, Settings], Iterable[Finding]]
    resources: tuple[ResourceCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule(Rule):
    """Judges single resources other than containers (a pod, a service, a role), before they are created."""

    resources: tuple[ResourceCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(Rule):
    """Judges everything a stack registered, together.

    reads: what it depends on, such as `containers.labels`; if some of it is unknown at preview, it judges the rest and
    reports that.
    """

    reads: tuple[str, ...]
    check: Callable[[StackView, Settings], Iterable[Finding]]
