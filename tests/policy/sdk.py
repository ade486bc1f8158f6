"""The policy SDK's own loop over the pack: its arguments, its proxies, values as they come over the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import PolicyCustomTimeouts, PolicyProviderResource, PolicyResourceOptions
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_NUMBER_VALUE, UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policy.views.registered import UNKNOWN, Registered

_SENTINELS: Mapping[str, str] = {"memory": UNKNOWN_NUMBER_VALUE, "envs": UNKNOWN_ARRAY_VALUE}


@dataclass
class Report:
    """What policies reported: policy name -> (message, URN) pairs; and which said that they do not apply."""

    messages: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    not_applicable: set[str] = field(default_factory=set)


def analyze(policies: list[Policy], *resources: Registered, config: Mapping[str, Any] | None = None) -> Report:
    """Runs resource policies over each resource, in the order of the SDK's own loop."""
    report = Report()
    for resource in resources:
        for policy in policies:
            if not isinstance(policy, ResourceValidationPolicy) or _is_off(policy):
                continue
            args = ResourceValidationArgs(
                resource.type,
                unknown_checking_proxy(on_the_wire(resource.inputs)),
                resource.urn,
                resource.name,
                as_options(resource),
                _provider(resource),
                config,
            )
            _collect(report, policy.name, lambda: policy.validate(args, _reporter(report, policy.name)))  # noqa: B023
    return report


def analyze_stack(policies: list[Policy], *resources: Registered, config: Mapping[str, Any] | None = None) -> Report:
    """Runs stack policies; a provider's outputs are unknown where the program left a property out, as at preview."""
    report = Report()
    seen = [
        PolicyResource(
            resource.type,
            unknown_checking_proxy(
                on_the_wire(resource.outputs or {"envs": UNKNOWN, "labels": UNKNOWN, **resource.inputs})
            ),
            resource.urn,
            resource.name,
            as_options(resource),
            _provider(resource),
            None,
            [],
            {},
        )
        for resource in resources
    ]
    for policy in policies:
        if isinstance(policy, StackValidationPolicy) and not _is_off(policy):
            args = StackValidationArgs(seen, config)
            _collect(report, policy.name, lambda: policy.validate(args, _reporter(report, policy.name)))  # noqa: B023
    return report


def _is_off(policy: Policy) -> bool:
    """Whether the SDK's own loop leaves a policy out."""
    return policy.enforcement_level is EnforcementLevel.DISABLED


def _collect(report: Report, name: str, validate: Callable[[], object]) -> None:
    try:
        assert validate() is None
    except Exception as error:
        if type(error).__name__ != "_NotApplicableError":
            raise
        report.not_applicable.add(name)


def _reporter(report: Report, name: str) -> Callable[[str, str | None], None]:
    return lambda message, urn: report.messages.setdefault(name, []).append((message, urn))


def on_the_wire(value: Any, key: str = "") -> Any:
    """As the SDK gets it: every number a float, a sentinel text where a value is unknown."""
    if value is UNKNOWN:
        return _SENTINELS.get(key, UNKNOWN_STRING_VALUE)
    if isinstance(value, Mapping):
        return {name: on_the_wire(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [on_the_wire(item, key) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_options(resource: Registered) -> PolicyResourceOptions:
    """What the SDK knows of a resource apart from its properties."""
    return PolicyResourceOptions(
        resource.protect, [], resource.deletes_first, [], PolicyCustomTimeouts(0, 0, 0), [], resource.parent or None
    )


def _provider(resource: Registered) -> PolicyProviderResource | None:
    urn = resource.provider
    return PolicyProviderResource("pulumi:providers:docker", {}, urn, urn.split("::")[-1]) if urn else None
