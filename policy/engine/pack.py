"""The rules as CrossGuard policies: the only module that uses the policy SDK.

Levels, waivers and messages are those of the offline judge. Limits of the SDK require two additions:

- A policy reports at one level, but a waived finding, a value unknown at preview and an internal error are advisory
  whatever the rule's level. Two further policies, `notices` and `stack-notices`, report those and run last.
- A stack policy sees outputs, in which computed fields are unknown at preview even if the program omits them. So the
  inputs of each resource are kept for stack rules; for a component, its outputs are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policy.core.remediation import remediation
from policy.core.rule import ContainerRule, ResourceRule, Rule, StackRule
from policy.core.settings import overlay, schema_of
from policy.core.verdict import NOTICES, Kind, Terms, Verdict, single_verdicts, stack_verdicts
from policy.engine.catalogue import rules
from policy.engine.session import Session
from policy.readers.stack import collection_of
from policy.views.registered import UNKNOWN, Registered

_FRAMEWORKS = {
    "CIS Docker ": "CIS Docker Benchmark",
    "CIS Kubernetes ": "CIS Kubernetes Benchmark",
    "PSS ": "Kubernetes Pod Security Standards",
}
_NOTICED = "Waived findings, and what cannot be judged before `up`."


def policies() -> list[Policy]:
    """Every rule as a policy, then the notices. Policies of one call share a session."""
    session = Session()
    found: list[Policy] = []
    for rule in rules():
        if isinstance(rule, ContainerRule | ResourceRule):
            found.append(_resource_policy(rule, session))
        elif isinstance(rule, StackRule):
            found.append(_stack_policy(rule, session))
    container_notices, stack_notices = NOTICES
    return [*found, _notices(container_notices, session), _stack_notices(stack_notices, session)]


def _resource_policy(rule: ContainerRule | ResourceRule, session: Session) -> Policy:
    judged = {check.of for check in rule.resources}
    if isinstance(rule, ContainerRule):
        judged |= {"containers", "pods", "runs"}
    not_judged = f"{rule.id} judges {', '.join(sorted(judged)).replace('_', ' ')}"

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if collection_of(args.resource_type) not in judged:
            args.not_applicable(not_judged)
        resource = session.resource(args.urn, rule.id, lambda: _with_inputs(args))
        terms = Terms(rule.level, overlay(rule, args.get_config()), date.today())
        resource.notices += _report(single_verdicts(rule, resource.alone, terms), report)

    return ResourceValidationPolicy(validate=validate, **_about(rule))


def _about(rule: Rule) -> dict[str, Any]:
    """Arguments of the SDK that all kinds of rules have."""
    return {
        "name": rule.policy_name,
        "description": rule.summary,
        "enforcement_level": EnforcementLevel(rule.level.value),
        "config_schema": _schema(rule),
        "display_name": f"{rule.id} {rule.name}",
        "severity": Severity(rule.severity.value),
        "framework": _framework(rule),
        "tags": [rule.id, *rule.sources],
        "remediation_steps": "\n".join(remediation(rule)),
    }


def _stack_policy(rule: StackRule, session: Session) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        stack = session.stack(rule.id, lambda: [_with_outputs(resource, session) for resource in args.resources])
        terms = Terms(rule.level, overlay(rule, args.get_config()), date.today())
        session.stack_notices += _report(stack_verdicts(rule, stack, terms), report)

    return StackValidationPolicy(validate=validate, **_about(rule))


def _notices(name: str, session: Session) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        # For every resource of any type: the stack policies judge what is kept here.
        resource = session.resource(args.urn, name, lambda: _with_inputs(args))
        _report_notices(resource.notices, report)

    return ResourceValidationPolicy(name, _NOTICED, validate, EnforcementLevel.ADVISORY)


def _stack_notices(name: str, session: Session) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        _report_notices(session.stack_notices, report)

    return StackValidationPolicy(name, _NOTICED, validate, EnforcementLevel.ADVISORY)


def _report(verdicts: Iterable[Verdict], report: ReportViolation) -> list[Verdict]:
    """Reports violations and returns the rest."""
    rest = []
    for verdict in verdicts:
        if verdict.kind is Kind.VIOLATION:
            report(verdict.message, verdict.urn or None)
        else:
            rest.append(verdict)
    return rest


def _report_notices(notices: list[Verdict], report: ReportViolation) -> None:
    for verdict in notices:
        report(f"{verdict.id} {verdict.name}: {verdict.message}", verdict.urn or None)
    notices.clear()


def _schema(rule: Rule) -> PolicyConfigSchema | None:
    properties = {name: schema_of(default) for name, default in rule.defaults.items()}
    return PolicyConfigSchema(properties) if properties else None


def _framework(rule: Rule) -> PolicyComplianceFramework | None:
    """The first benchmark or standard among a rule's sources; the others are tags."""
    for prefix, name in _FRAMEWORKS.items():
        ids = [source.removeprefix(prefix) for source in rule.sources if source.startswith(prefix)]
        if ids:
            return PolicyComplianceFramework(name, reference=", ".join(ids))
    return None


def _with_inputs(args: ResourceValidationArgs) -> Registered:
    return _registered(args, parent=args.opts.parent or "", inputs=_plain_mapping(args.props))


def _with_outputs(resource: PolicyResource, session: Session) -> Registered:
    outputs, inputs = _plain_mapping(resource.props), session.inputs(resource.urn)
    parent = resource.parent.urn if resource.parent else ""
    # Without inputs, when `notices` is disabled, outputs are the next best.
    return _registered(resource, parent=parent, inputs=outputs if inputs is None else inputs, outputs=outputs)


def _registered(given: ResourceValidationArgs | PolicyResource, **more: Any) -> Registered:
    return Registered(
        type=given.resource_type,
        name=given.name,
        urn=given.urn,
        provider=given.provider.urn if given.provider else "",
        protect=bool(given.opts.protect),
        deletes_first=given.opts.delete_before_replace,
        **more,
    )


def _plain_mapping(props: object) -> Mapping[str, Any]:
    """The SDK's checking proxies as plain data, UNKNOWN where reading raises; empty if it is not a mapping."""
    return {str(key): _known(props, key) for key in props} if isinstance(props, Mapping) else {}


def _known(container: Any, key: Any) -> Any:
    try:
        return _plain(container[key])
    except UnknownValueError:
        return UNKNOWN


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    # The proxy of a list is a Sequence, not a list. An asset is neither, and no rule reads one.
    return [_known(value, index) for index in range(len(value))] if isinstance(value, Sequence) else None
