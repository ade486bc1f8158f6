"""From a rule's findings to verdicts: levels, waivers, unknown values and complete messages.

The policy pack and the offline plan both come through here, so that they cannot differ.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from fleet.frozen import dataclass
from fleet.labels import CONTAINER, EXCEPTION_PREFIX, GROUP
from fleet.redaction import holds_secret_value
from policy.core import waiver_carriers
from policy.core.rule import ContainerRule, Finding, Level, ResourceCheck, ResourceRule, Rule, Settings, StackRule
from policy.core.waiver import Waiver, common_waiver, ignored_waiver, waiver_of
from policy.views.cloudrun import RunGrantView, RunView
from policy.views.container import DOCKER, KUBERNETES, MAIN, ContainerView
from policy.views.kubernetes import ObjectView, PodView
from policy.views.stack import StackView, VolumeView

NOTICES = ("notices", "stack-notices")
"""CrossGuard policies, of containers and of the stack, under which all verdicts but violations are reported."""

_NOT_RUN = "this rule is not run on it before"
_RUN_ON_REST = "until then this rule judges the rest"


class Kind(StrEnum):
    """What a verdict says; all but violations are advisory, whatever the rule's level."""

    VIOLATION = "violation"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    """A value the rule needs is not known at preview."""
    FAILED = "failed"
    """The rule itself broke."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of judgement. `message` is complete: what (value); why; way out."""

    id: str
    name: str
    level: Level
    resource: str
    """Logical name."""
    urn: str
    field: str
    message: str
    waived: str = ""
    """Why it is waived, and until when; empty where it is not."""
    kind: Kind = Kind.VIOLATION


@dataclass(frozen=True, slots=True)
class Terms:
    """How a rule is applied in this run."""

    level: Level
    settings: Settings
    today: date


def single_verdicts(rule: Rule, stack: StackView, terms: Terms) -> list[Verdict]:
    """What a rule says of each container and each other resource by itself.

    Raises TypeError for a rule that judges neither.
    """
    if not isinstance(rule, ContainerRule | ResourceRule):
        msg = f"{rule.id} is neither a ContainerRule, a ResourceRule nor a StackRule"
        raise TypeError(msg)
    found = resource_verdicts(rule, stack, terms)
    if isinstance(rule, ResourceRule):
        return found
    return [*(verdict for view in stack.containers for verdict in container_verdicts(rule, view, terms)), *found]


def container_verdicts(rule: ContainerRule, container: ContainerView, terms: Terms) -> list[Verdict]:
    """What a rule says of one container; nothing where it is about another target."""
    if container.target not in rule.targets:
        return []
    name, urn = container.subject, container.urn
    unknown = container.unknown.intersection(rule.reads)
    if unknown.difference(rule.each):
        return [_unknown(rule, name, urn, sorted(unknown), f"{_title(container)}: ", _NOT_RUN)]
    found, verdicts = _run(rule, lambda: rule.check(container, terms.settings), name, urn)
    if found:
        waiver = waiver_of(rule, container.labels, terms.today)
        verdicts = [*(_container_verdict(rule, container, finding, waiver, terms) for finding in found), *verdicts]
    if unknown:
        verdicts.append(_unknown(rule, name, urn, sorted(unknown), f"{_title(container)}: ", _RUN_ON_REST))
    return verdicts


def resource_verdicts(rule: ContainerRule | ResourceRule, stack: StackView, terms: Terms) -> list[Verdict]:
    """What a rule says of the resources of a stack that are no containers, each by itself."""
    found: list[Verdict] = []
    for check in rule.resources:
        for view in getattr(stack, check.of):
            found += _resource_verdicts(rule, check, view, _urn_of(view, stack), terms)
    return found


def _resource_verdicts(rule: Rule, check: ResourceCheck, view: Any, urn: str, terms: Terms) -> list[Verdict]:
    unknown = view.unknown.intersection(check.reads)
    where = f"{_title_of(view)}: "
    if unknown.difference(check.each):
        return [_unknown(rule, view.subject, urn, sorted(unknown), where, _NOT_RUN)]
    found, failure = _run(rule, lambda: check.check(view, terms.settings), view.subject, urn)
    carrying = waiver_carriers.of_view(view)
    waiver = common_waiver(rule, carrying, terms.today)
    hint = "" if waiver else _or_waive(rule, carrying)
    verdicts = [
        _waived_or_not(rule, finding, urn, where, f"{_way_out(rule, finding, view)}{hint}", waiver, terms)
        for finding in found
    ]
    if unknown:
        verdicts.append(_unknown(rule, view.subject, urn, sorted(unknown), where, _RUN_ON_REST))
    return [*verdicts, *failure]


def stack_verdicts(rule: StackRule, stack: StackView, terms: Terms) -> list[Verdict]:
    """What a rule says of a stack as a whole."""
    found, failure = _run(rule, lambda: rule.check(stack, terms.settings), "", "")
    verdicts = []
    for finding in found:
        owner = _owner(finding, stack)
        where = _title_of(owner) if owner else finding.subject
        urn = finding.urn or stack.urns.get(finding.subject, "")
        carrying = waiver_carriers.of_finding(finding, stack)
        waiver = common_waiver(rule, carrying, terms.today)
        way_out = f"{_way_out(rule, finding, owner)}{'' if waiver else _or_waive(rule, carrying)}"
        verdicts.append(_waived_or_not(rule, finding, urn, f"{where}: ", way_out, waiver, terms))
    for path, subjects in stack.unknown(rule.reads).items():
        field = path.partition(".")[2]
        where = f"{', '.join(subjects)}: "
        urn = stack.urns.get(subjects[0], "")
        verdicts.append(_unknown(rule, subjects[0], urn, [field], where, _RUN_ON_REST))
    return [*verdicts, *failure]


def _owner(finding: Finding, stack: StackView) -> ContainerView | ObjectView | None:
    """What a finding of the whole stack is about, where it is a container or an object of a cluster."""
    return stack.container(finding.subject) or stack.objects_by_urn.get(finding.urn)


def _container_verdict(
    rule: ContainerRule, container: ContainerView, finding: Finding, waiver: Waiver | None, terms: Terms
) -> Verdict:
    hint = "" if waiver else ignored_waiver(rule, container.labels) or _how_to_waive(rule, container)
    way_out = f"{_way_out(rule, finding, container)}{f'; {hint}' if hint else _or_waive(rule, [container.labels])}"
    return _waived_or_not(rule, finding, container.urn, f"{_title(container)}: ", way_out, waiver, terms)


def _waived_or_not(
    rule: Rule, finding: Finding, urn: str, where: str, way_out: str, waiver: Waiver | None, terms: Terms
) -> Verdict:
    if waiver and waiver.holds(terms.today):
        said = "; ".join(filter(None, (waiver.explain(terms.today), waiver.warning(terms.today))))
        verdict = _verdict(rule, Level.ADVISORY, finding, urn, f"{where}{_sentence(finding, said)}", Kind.WAIVED)
        return replace(verdict, waived=waiver.explain(terms.today))
    ended = f"; {waiver.explain(terms.today)}" if waiver else ""
    return _verdict(rule, terms.level, finding, urn, f"{where}{_sentence(finding, way_out)}{ended}")


def _run(
    rule: Rule, check: Callable[[], Iterable[Finding]], subject: str, urn: str
) -> tuple[list[Finding], list[Verdict]]:
    """Findings, and a verdict on the rule itself where it broke: a bug of ours must not end somebody's update."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:
        # Without the error's own text, which may quote a secret.
        place = traceback.extract_tb(error.__traceback__)[-1]
        at = f"{type(error).__name__} at {PurePath(place.filename).name}:{place.lineno}"
        what = subject or "the stack"
        message = f"{what}: {rule.id} could not be judged ({at}); a bug of the policy pack, please report it"
        return found, [Verdict(rule.id, rule.name, Level.ADVISORY, subject, urn, "", message, kind=Kind.FAILED)]
    return found, []


def _verdict(
    rule: Rule, level: Level, finding: Finding, urn: str, message: str, kind: Kind = Kind.VIOLATION
) -> Verdict:
    if holds_secret_value(message):
        # The last guard: rules quote values, and a value may hold what no rule thought of.
        message = (
            f"{finding.subject}: {finding.field} violates {rule.id}; {rule.remedy} (the value looks like a secret)"
        )
    return Verdict(rule.id, rule.name, level, finding.subject, urn, finding.field, message, kind=kind)


def _unknown(rule: Rule, subject: str, urn: str, fields: list[str], where: str, consequence: str) -> Verdict:
    what = " and ".join(fields)
    verb = "is" if len(fields) == 1 else "are"
    message = f"{where}{what} {verb} unknown until `up`, or hidden as a secret; {consequence}"
    return Verdict(rule.id, rule.name, Level.ADVISORY, subject, urn, fields[0], message, kind=Kind.UNKNOWN)


def _sentence(finding: Finding, end: str) -> str:
    return f"{finding.problem}; {end}"


def _title(container: ContainerView) -> str:
    if container.target == DOCKER:
        return f"container {container.subject}"
    kind = "container" if container.role == MAIN else f"{container.role} container"
    return f"{kind} {container.name} of {container.subject.rpartition('/')[0] or container.subject}"


def _title_of(view: ContainerView | ObjectView | VolumeView) -> str:
    if isinstance(view, ContainerView):
        return _title(view)
    return f"{'volume' if isinstance(view, VolumeView) else view.kind} {view.subject}"


def _urn_of(view: ObjectView | VolumeView, stack: StackView) -> str:
    return view.urn if isinstance(view, ObjectView) else stack.urns.get(view.subject, "")


def _way_out(rule: Rule, finding: Finding, owner: ContainerView | ObjectView | VolumeView | None) -> str:
    """The finding's or the rule's, with a container's own key; another text for what no group's file made."""
    if owner is None or _is_ours(owner):
        remedy = finding.remedy or rule.remedy
        key = owner.labels.get(CONTAINER) if isinstance(owner, ContainerView) else None
        return remedy.replace("<name>", key) if key else remedy
    on_cluster = rule.on_cluster if _is_of_cluster(owner) else ""
    return finding.remedy or on_cluster or rule.elsewhere or rule.remedy


def _is_of_cluster(owner: ContainerView | ObjectView | VolumeView) -> bool:
    if isinstance(owner, RunView | RunGrantView):
        return False
    return isinstance(owner, ObjectView) or (isinstance(owner, ContainerView) and owner.target == KUBERNETES)


def _is_ours(owner: ContainerView | ObjectView | VolumeView) -> bool:
    if isinstance(owner, PodView):
        return GROUP in owner.pod_labels
    return bool(owner.labels.get(GROUP)) or isinstance(owner, VolumeView)


def _or_waive(rule: Rule, carrying: Iterable[Mapping[str, str]]) -> str:
    """How a group may break a rule for a while, or that none may; nothing of what no group's file describes."""
    if not any(labels.get(GROUP) for labels in carrying):
        return ""
    return f", or waive {rule.id} with a reason and an end date" if rule.waivable else f"; nothing waives {rule.id}"


def _how_to_waive(rule: Rule, container: ContainerView) -> str:
    if not rule.exception:
        return ""
    key = container.labels.get(CONTAINER) if container.labels.get(GROUP) else None
    if key:
        return f"or say why and until when in containers.{key}.hardening.exceptions.{rule.exception}"
    if container.target != DOCKER:
        rest, inside = EXCEPTION_PREFIX.removeprefix("fleet."), "pod" if container.target == KUBERNETES else "template"
        name = f"annotation fleet.local/{container.name}.{rest}{rule.exception} of its {inside}"
    else:
        name = f"label {EXCEPTION_PREFIX}{rule.exception}"
    return f'or waive it with the {name} = "<last day> <reason>"'
