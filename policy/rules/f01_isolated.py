"""F01: network policies deny all other traffic of every pod, but allow DNS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import Allowance, NetworkPolicyView, PodView
from policy.views.label_selectors import Selector
from policy.views.selection import SelectorIndex
from policy.views.stack import StackView

_DNS = ("53", "5353", "dns", "domain")


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    index = SelectorIndex(
        (policy, Selector() if "selector" in policy.unknown else policy.selector) for policy in stack.network_policies
    )
    for pod in stack.pods:
        if {"pod_labels", "namespace", "host_network"} & pod.unknown or pod.host_network:
            continue  # Policies do not apply to the host network; B01 covers it.
        policies = [policy for policy in index.candidates(pod) if _is_about(policy, pod)]
        if any({"selector", "ingress", "egress"} & policy.unknown for policy in policies):
            continue
        for field, problem in _faults(policies):
            yield Finding(field, problem, of=pod)


def _is_about(policy: NetworkPolicyView, pod: PodView) -> bool:
    return "selector" in policy.unknown or policy.selector.matches(pod.pod_labels)


def _faults(policies: Iterable[NetworkPolicyView]) -> Iterator[tuple[str, str]]:
    ingress = [policy.ingress for policy in policies if policy.ingress is not None]
    egress = [policy.egress for policy in policies if policy.egress is not None]
    if not _isolates(ingress):
        yield (
            "pod_labels",
            "pod_labels match no policy that denies ingress, so every pod of the cluster may connect to it",
        )
    if not _isolates(egress):
        yield "pod_labels", "pod_labels match no policy that denies egress, so it may connect anywhere"
    elif not any(_allows_dns(rule) for rules in egress for rule in rules):
        yield "pod_labels", "pod_labels match no policy that allows port 53, so it cannot resolve names"


def _isolates(rules: list[tuple[Allowance, ...]]) -> bool:
    """Whether policies deny anything: there is one, and no rule allows everything."""
    return bool(rules) and not any(rule.everywhere and not rule.ports for one in rules for rule in one)


def _allows_dns(rule: Allowance) -> bool:
    return not rule.ports or any(protocol == "UDP" and port in ("", *_DNS) for protocol, port in rule.ports)


RULE = StackRule(
    id="F01",
    name="isolated",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Network policies deny ingress and egress of every pod by default, and allow DNS.",
    remedy="let the plan create the namespace: it denies all but what peers and ports declare",
    elsewhere="add a policy for both directions that allows egress to port 53, and one for each peer",
    sources=("CKV2_K8S_6", "KSV-0038", "KubeLinter non-isolated-pod", "Kyverno add-networkpolicy"),
    reads=(
        "pods.pod_labels", "pods.namespace", "network_policies.selector", "network_policies.ingress",
        "network_policies.egress",
    ),
    check=_check,
)  # fmt: skip
