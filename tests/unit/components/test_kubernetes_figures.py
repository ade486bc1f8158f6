"""Figures of a namespace that the API judges pods by: room for what is planned, and no contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from components.kubernetes.render import render
from fleet.model.quantities import parse_millicores
from fleet.plan.namespaces import copies_at_most
from tests.unit.clusters import STACKS, planned_cluster


def objects(stack: str, kind: str) -> list[Mapping[str, Any]]:
    return [m.object for m in render(planned_cluster(stack)[0]) if m.object["kind"] == kind]


def mib(quantity: str) -> int:
    return int(quantity.removesuffix("Mi"))


@pytest.mark.parametrize("stack", STACKS)
def test_a_quota_holds_what_the_pods_of_all_copies_request(stack: str) -> None:
    """A pod with a card requests its whole limit; a quota of less would refuse it."""
    copies = {group.name: copies_at_most(group) for group in planned_cluster(stack)[0].groups}
    for quota in objects(stack, "ResourceQuota"):
        wanted = 0
        pods = [*objects(stack, "Deployment"), *objects(stack, "StatefulSet")]
        by_group = {pod["metadata"]["labels"]["fleet.group"]: pod for pod in pods}
        for group, workload in by_group.items():
            if workload["metadata"]["namespace"] == quota["metadata"]["namespace"]:
                containers = workload["spec"]["template"]["spec"]["containers"]
                wanted += copies[group] * sum(mib(c["resources"]["requests"]["memory"]) for c in containers)
        assert mib(quota["spec"]["hard"]["requests.memory"]) == wanted


@pytest.mark.parametrize("stack", STACKS)
def test_the_default_of_a_container_is_within_the_most_it_may_have(stack: str) -> None:
    """The API refuses a range whose default is above its most, which small groups alone would make."""
    for found in objects(stack, "LimitRange"):
        limits = found["spec"]["limits"][0]
        assert parse_millicores(limits["default"]["cpu"]) <= parse_millicores(limits["max"]["cpu"])
        assert mib(limits["default"]["memory"]) <= mib(limits["max"]["memory"])
