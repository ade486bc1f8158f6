"""From a rule's findings to verdicts: levels, waivers, unknown values and complete messages.

The policy pack and the offline plan both come through here, so that they cannot differ.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import PurePath

from fleet.labels import CONTAINER, EXCEPTION_PREFIX, GROUP
from fleet.secrets import holds_secret_value
from policy.containers import DOCKER, ContainerView
from policy.rule import ContainerRule, Finding, Level, Rule, Settings, StackRule
from policy.stack import StackView, VolumeView
from policy.waiver import Waiver, find_waiver

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
        waiver = find_waiver(container.labels, rule.exception)
        verdicts = [*(_container_verdict(rule, container, finding, waiver, terms) for finding in found), *verdicts]
    if unknown:
        verdicts.append(_unknown(rule, name, urn, sorted(unknown), f"{_title(container)}: ", _RUN_ON_REST))
    return verdicts


def volume_verdicts(rule: ContainerRule, volume: VolumeView, urn: str, terms: Terms) -> list[Verdict]:
    """What a container rule says of a volume by itself."""
    check = rule.check_volume
    if check is None or DOCKER not in rule.targets:
        return []
    if "device" in volume.unknown:
        where = f"volume {volume.subject}: "
        return [_unknown(rule, volume.subject, urn, ["device"], where, _NOT_RUN)]
    found, failure = _run(rule, lambda: check(volume, terms.settings), volume.subject, urn)
    verdicts = [
        _verdict(
            rule,
            terms.level,
            finding,
            urn,
            f"volume {volume.subject}: {_sentence(finding, finding.remedy or rule.remedy)}",
        )
        for finding in found
    ]
    return [*verdicts, *failure]


def stack_verdicts(rule: StackRule, stack: StackView, terms: Terms) -> list[Verdict]:
    """What a rule says of a stack as a whole."""
    found, failure = _run(rule, lambda: rule.check(stack, terms.settings), "", "")
    verdicts = []
    for finding in found:
        container = next((view for view in stack.containers if view.subject == finding.subject), None)
        where = _title(container) if container else finding.subject
        message = f"{where}: {_sentence(finding, _way_out(rule, finding, container))}"
        verdicts.append(_verdict(rule, terms.level, finding, stack.urns.get(finding.subject, ""), message))
    for path, subjects in stack.unknown(rule.reads).items():
        field = path.partition(".")[2]
        where = f"{', '.join(subjects)}: "
        urn = stack.urns.get(subjects[0], "")
        verdicts.append(_unknown(rule, subjects[0], urn, [field], where, _RUN_ON_REST))
    return [*verdicts, *failure]


def _container_verdict(
    rule: ContainerRule, container: ContainerView, finding: Finding, waiver: Waiver | None, terms: Terms
) -> Verdict:
    if waiver and waiver.holds(terms.today):
        message = f"{_title(container)}: {_sentence(finding, waiver.explain(terms.today))}"
        verdict = _verdict(rule, Level.ADVISORY, finding, container.urn, message, Kind.WAIVED)
        return replace(verdict, waived=waiver.explain(terms.today))
    hint = waiver.explain(terms.today) if waiver else _how_to_waive(rule, container)
    way_out = _way_out(rule, finding, container)
    message = f"{_title(container)}: {_sentence(finding, way_out)}{hint and f'; {hint}'}"
    return _verdict(rule, terms.level, finding, container.urn, message)


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
    return f"container {container.name} of {container.subject}"


def _way_out(rule: Rule, finding: Finding, container: ContainerView | None) -> str:
    """The finding's or the rule's, with the container's own key; another text for one that no group's file made."""
    if container is None or container.labels.get(GROUP):
        remedy = finding.remedy or rule.remedy
        key = container.labels.get(CONTAINER) if container else None
        return remedy.replace("<name>", key) if key else remedy
    return finding.remedy or rule.elsewhere or rule.remedy


def _how_to_waive(rule: Rule, container: ContainerView) -> str:
    if not rule.exception:
        return ""
    key = container.labels.get(CONTAINER) if container.labels.get(GROUP) else None
    if key:
        return f"or say why and until when in containers.{key}.hardening.exceptions.{rule.exception}"
    return f'or waive it with the label {EXCEPTION_PREFIX}{rule.exception} = "<last day> <reason>"'
