"""From a rule's findings to verdicts: levels, waivers, unknown values and complete messages.

The policy pack and the offline plan both come through here, so that they cannot differ.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from fleet.frozen import dataclass
from fleet.source.secrets import holds_secret_value
from policy.core.messages import fix, or_waive, or_waive_container, title
from policy.core.rule import (
    AS_IMAGE,
    ContainerRule,
    Finding,
    Level,
    ResourceCheck,
    ResourceRule,
    Rule,
    Settings,
    StackRule,
)
from policy.core.waiver import Waiver, carriers_in, carriers_of, common_waiver, container_waiver, is_left_to_image
from policy.views.cloudrun import RunView
from policy.views.container import ContainerView
from policy.views.kubernetes import ObjectView
from policy.views.stack import StackView

NOTICES = ("notices", "stack-notices")
"""CrossGuard policies, of resources and of the stack, that report every verdict but violations."""

_NOT_RUN = "until then this rule is not applied to it"
_RUN_ON_REST = "until then this rule is applied to the rest"


class Kind(StrEnum):
    """What a verdict says; all but violations are advisory, whatever the rule's level."""

    VIOLATION = "violation"
    WAIVED = "waived"
    UNKNOWN = "unknown"
    """A value the rule needs is not known at preview."""
    FAILED = "failed"
    """The rule itself raised an error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of judgement. `message` is complete: what (value); why; fix."""

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
    """Verdicts on each container and each other resource by itself.

    Raises TypeError for a rule that judges neither.
    """
    if not isinstance(rule, ContainerRule | ResourceRule):
        msg = f"{rule.id} is neither a ContainerRule, a ResourceRule nor a StackRule"
        raise TypeError(msg)
    found: list[Verdict] = []
    if isinstance(rule, ContainerRule):
        for container in stack.containers:
            found += container_verdicts(rule, container, terms)
    for check in rule.resources:
        for view in getattr(stack, check.of):
            found += _view_verdicts(rule, check, view, _urn(view, stack), terms)
    return found


def container_verdicts(rule: ContainerRule, container: ContainerView, terms: Terms) -> list[Verdict]:
    """Verdicts on one container; none on a target that the rule does not cover."""
    return _view_verdicts(rule, rule, container, container.urn, terms) if container.target in rule.targets else []


def _view_verdicts(
    rule: Rule, check: ContainerRule | ResourceCheck, view: Any, urn: str, terms: Terms
) -> list[Verdict]:
    unknown = view.unknown.intersection(check.reads)
    if unknown.difference(check.each):
        return [_unknown(rule, view.subject, urn, sorted(unknown), title(view), _NOT_RUN)]
    found, verdicts = _run(rule, lambda: check.check(view, terms.settings), view.subject, urn)
    if rule.exception != AS_IMAGE:
        found = [finding for finding in found if not is_left_to_image(view, finding.field, terms.today)]
    if unknown:
        verdicts.insert(0, _unknown(rule, view.subject, urn, sorted(unknown), title(view), _RUN_ON_REST))
    if not found:
        return verdicts
    waiver, hint = _waiver_and_hint(rule, view, terms)
    judged = [
        _verdict(rule, finding, view, urn, title(view), fix(rule, finding, view) + hint, waiver, terms)
        for finding in found
    ]
    return judged + verdicts


def _waiver_and_hint(rule: Rule, view: Any, terms: Terms) -> tuple[Waiver | None, str]:
    """The waiver on a view, and how to waive the rule if there is none."""
    if isinstance(view, ContainerView):
        waiver = container_waiver(rule, view.labels, terms.today)
        return waiver, or_waive(rule, [view.labels]) if waiver else or_waive_container(rule, view)
    carriers = carriers_in(view)
    waiver = common_waiver(rule, carriers)
    return waiver, "" if waiver else or_waive(rule, carriers)


def stack_verdicts(rule: StackRule, stack: StackView, terms: Terms) -> list[Verdict]:
    """Verdicts on a stack as a whole."""
    found, failed = _run(rule, lambda: rule.check(stack, terms.settings), "", "")
    verdicts = []
    for finding in found:
        view = finding.of
        carriers = carriers_of(view, stack)
        waiver = common_waiver(rule, carriers)
        owner = view if isinstance(view, ContainerView | ObjectView) and not isinstance(view, RunView) else None
        remedy = fix(rule, finding, owner) + ("" if waiver else or_waive(rule, carriers))
        where = title(owner) if owner else view.subject
        verdicts.append(_verdict(rule, finding, view, _urn(view, stack), where, remedy, waiver, terms))
    for path, subjects in stack.unknown(rule.reads).items():
        urn = stack.urns.get(subjects[0], "")
        verdicts.append(_unknown(rule, subjects[0], urn, [path.partition(".")[2]], ", ".join(subjects), _RUN_ON_REST))
    return [*verdicts, *failed]


def _run(
    rule: Rule, check: Callable[[], Iterable[Finding]], subject: str, urn: str
) -> tuple[list[Finding], list[Verdict]]:
    """Findings, and a verdict on the rule where it raised an error: an internal error must not abort an update."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:
        # Without the error's own text, which may quote a secret.
        place = traceback.extract_tb(error.__traceback__)[-1]
        at = f"{type(error).__name__} at {PurePath(place.filename).name}:{place.lineno}"
        message = (
            f"{subject or 'the stack'}: {rule.id} could not be evaluated ({at}); "
            "internal error in the policy pack, please report it"
        )
        return found, [Verdict(rule.id, rule.name, Level.ADVISORY, subject, urn, "", message, kind=Kind.FAILED)]
    return found, []


def _urn(view: Any, stack: StackView) -> str:
    return getattr(view, "urn", "") or stack.urns.get(view.subject, "")


def _verdict(
    rule: Rule, finding: Finding, view: Any, urn: str, where: str, remedy: str, waiver: Waiver | None, terms: Terms
) -> Verdict:
    level, kind, waived, end = terms.level, Kind.VIOLATION, "", remedy
    if waiver and waiver.holds(terms.today):
        level, kind, waived = Level.ADVISORY, Kind.WAIVED, waiver.explain(terms.today)
        end = "; ".join(filter(None, (waived, waiver.warning(terms.today))))
    elif waiver:
        end = f"{remedy}; {waiver.explain(terms.today)}"
    message = f"{where}: {finding.problem}; {end}"
    if holds_secret_value(message):
        # The last guard: rules quote values, and a value may hold what no rule thought of.
        message = f"{view.subject}: {finding.field} violates {rule.id}; {rule.remedy} (the value looks like a secret)"
    return Verdict(rule.id, rule.name, level, view.subject, urn, finding.field, message, waived, kind)


def _unknown(rule: Rule, subject: str, urn: str, fields: Sequence[str], where: str, consequence: str) -> Verdict:
    verb = "is" if len(fields) == 1 else "are"
    message = f"{where}: {' and '.join(fields)} {verb} unknown until `up`, or hidden as a secret; {consequence}"
    return Verdict(rule.id, rule.name, Level.ADVISORY, subject, urn, fields[0], message, kind=Kind.UNKNOWN)
