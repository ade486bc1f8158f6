"""Tenants on Docker: a network each, which shared groups join, and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.docker.compose import compose_file
from components.docker.render import deployed_networks, networks_of
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.builders import assert_accepted, small_group, small_stack
from tests.unit.components.registering import register

GROUPS = {
    "hub": small_group(main="agents: {Hub: {}}"),
    "lone": small_group(),
    "fox": small_group(top="tenant: red\npeers: [hub]"),
    "jay": small_group(top="tenant: blue\npeers: [hub]"),
}
JOINED = {
    "hub": ("wood_internal", "wood_internal_blue", "wood_internal_red"),
    "lone": ("wood_internal",),
    "fox": ("wood_internal_red",),
    "jay": ("wood_internal_blue",),
}


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    tenants = "{red: {subnet: 10.210.81.0/24}, blue: {subnet: 10.210.82.0/24}, gone: {subnet: 10.210.83.0/24}}"
    stack = small_stack("wood", *GROUPS, tenants=tenants)
    return plan_stack(assert_accepted(tmp_path, stack_wood=stack, **GROUPS).fleet, "wood")


def test_a_group_joins_its_tenants_network_and_a_shared_one_those_it_serves(deployment: Deployment) -> None:
    assert {group.name: networks_of(group, deployment.machine) for group in deployment.groups} == JOINED


def test_there_is_a_network_for_each_tenant_that_is_there(deployment: Deployment) -> None:
    assert [(network.name, str(network.subnet)) for network in deployed_networks(deployment)] == [
        ("wood_internal", "10.210.77.0/24"),
        ("wood_internal_blue", "10.210.82.0/24"),
        ("wood_internal_red", "10.210.81.0/24"),
    ]


def test_containers_depend_on_all_their_networks(deployment: Deployment) -> None:
    found = register(deployment)
    networks = {seen.name for seen in found.of("Network")}
    assert networks == {"wood-network-bridge", "wood-network-blue-bridge", "wood-network-red-bridge"}
    bridges = {found.by_name[name].urn for name in networks}
    hub, fox = found.by_name["wood-hub-main"], found.by_name["wood-fox-main"]
    assert hub.dependencies >= bridges
    assert fox.dependencies & bridges == {found.by_name["wood-network-red-bridge"].urn}


def test_an_export_has_the_same_networks(deployment: Deployment) -> None:
    file = compose_file(deployment)
    assert list(file["networks"]) == ["wood_internal", "wood_internal_blue", "wood_internal_red"]
    for name, networks in JOINED.items():
        assert tuple(file["services"][name]["networks"]) == networks
        assert all(found["aliases"] == [name] for found in file["services"][name]["networks"].values())
