"""Who may reach whom on a cluster, by evaluating its network policies pair by pair: exactly the declared edges."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest

from components.kubernetes.render import render
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.trial_cluster import trial
from tests.unit.builders import ROOT
from tests.unit.components.reach import Pod, Policies


@cache
def shipped() -> Deployment:
    return plan_stack(load_project(ROOT).fleet, "cluster")


def pods(plan: Deployment) -> dict[str, Pod]:
    """A pod of each group, from its own template."""
    found = {}
    for manifest in render(plan):
        if manifest.kind in ("apps/v1/Deployment", "apps/v1/StatefulSet") and manifest.group:
            labels = manifest.object["spec"]["template"]["metadata"]["labels"]
            found[manifest.group] = Pod(manifest.object["metadata"]["namespace"], labels)
    return found


def ports(plan: Deployment) -> set[int]:
    """Every port that any container of the stack opens, and one that none does."""
    templates = [m.object["spec"]["template"]["spec"] for m in render(plan) if m.key.endswith("-pods")]
    containers = [container for template in templates for container in template["containers"]]
    return {port["containerPort"] for container in containers for port in container.get("ports", ())} | {22}


@pytest.mark.parametrize("plan", [shipped(), trial()], ids=["shipped", "trial"])
def test_a_connection_is_let_through_exactly_where_it_is_declared(plan: Deployment) -> None:
    policies, groups = Policies(render(plan)), pods(plan)
    assert len(groups) == len(plan.groups)
    declared = {(edge.source, edge.target, edge.port) for edge in plan.edges if edge.address is None}
    let = {
        (source, target, port)
        for source, target, port in product(groups, groups, ports(plan))
        if policies.let(groups[source], groups[target], port)
    }
    assert declared
    assert let == declared


def test_no_tenant_reaches_another_by_any_port() -> None:
    plan = shipped()
    policies, groups = Policies(render(plan)), pods(plan)
    tenants = {group.name: group.tenant for group in plan.groups if group.tenant}
    pairs = [(a, b) for a, b in product(tenants, tenants) if tenants[a] != tenants[b]]
    assert ("federation-isolated", "federation-researcher") in pairs
    for source, target in pairs:
        for port in range(1, 65536, 61):
            assert not policies.let(groups[source], groups[target], port)
        for port in ports(plan):
            assert not policies.let(groups[source], groups[target], port)


def test_every_tenant_reaches_what_it_shares() -> None:
    policies, groups = Policies(render(shipped())), pods(shipped())
    assert policies.let(groups["federation-isolated"], groups["federation-hub"], 8443)
    assert policies.let(groups["federation-researcher"], groups["federation-hub"], 8443)
    assert not policies.let(groups["federation-hub"], groups["federation-researcher"], 8000)


def test_a_stranger_reaches_only_what_is_exposed_and_only_from_the_entrance() -> None:
    policies, groups = Policies(render(shipped())), pods(shipped())
    entrance, stranger = Pod("ingress-nginx", {"app": "controller"}), Pod("default", {"app": "anything"})
    reached = {name for name, pod in groups.items() if policies.let(entrance, pod, 3000)}
    assert reached == {"agentic-flow"}
    assert not any(policies.let(stranger, pod, port) for pod in groups.values() for port in ports(shipped()))


def test_the_evaluation_sees_what_is_open() -> None:
    policies, groups = Policies([m for m in render(shipped()) if m.kind == "v1/Namespace"]), pods(shipped())
    assert policies.let(groups["federation-isolated"], groups["federation-researcher"], 8000)
