"""Tenants: what they may name, mount and share, and what a plan says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet import labels
from fleet.model import Fleet
from fleet.network.tenants import free_subnets
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planner import plan_stack
from fleet.targets.features import Feature
from tests.unit.builders import faults_of, load_project, place, shipped, small_group, small_stack, write_project

TENANTS = "{red: {subnet: 10.210.81.0/24}, blue: {subnet: 10.210.82.0/24}}"
TAKE = "use a free /24 of 10.210.0.0/16"
HUB = small_group(top="ports: {main: {port: 8000, host_port: 8300}}")
RED = small_group(top="tenant: red\npeers: [hub]")
BLUE = small_group(top="tenant: blue\npeers: [hub]")


def _project(folder: Path, tenants: str = TENANTS, **groups: str) -> Path:
    named = {"hub": HUB, "fox": RED, "jay": BLUE, **groups}
    return write_project(folder, stack_wood=small_stack("wood", *named, tenants=tenants), **named)


def _plan(folder: Path, **groups: str) -> Deployment:
    return plan_stack(load_project(_project(folder, **groups)).fleet, "wood")


def _group(deployment: Deployment, name: str) -> PlannedGroup:
    return next(group for group in deployment.groups if group.name == name)


def test_a_plan_says_whose_a_group_is_and_whom_a_shared_one_serves(tmp_path: Path) -> None:
    deployment = _plan(tmp_path)
    assert [(group.name, group.tenant, group.serves) for group in deployment.groups] == [
        ("fox", "red", ()),
        ("hub", None, ("blue", "red")),
        ("jay", "blue", ()),
    ]
    assert deployment.tenants == ("blue", "red")


def test_a_tenant_is_a_label_and_a_shared_group_has_none(tmp_path: Path) -> None:
    deployment = _plan(tmp_path)
    (fox,), (hub,) = _group(deployment, "fox").containers, _group(deployment, "hub").containers
    assert fox.labels[labels.TENANT] == "red"
    assert labels.TENANT not in hub.labels


def test_a_shared_group_serves_only_tenants_that_name_it(tmp_path: Path) -> None:
    deployment = _plan(tmp_path, jay=small_group(top="tenant: blue"))
    assert _group(deployment, "hub").serves == ("red",)


def test_a_peer_of_another_tenant_is_refused(tmp_path: Path) -> None:
    project = _project(tmp_path, jay=small_group(top="tenant: blue\npeers: [fox]"))
    message = "peers.0: fox belongs to tenant red, but jay to tenant blue; drop the peer, or set tenant: red for jay"
    assert faults_of(project) == [f"{place(project, 'jay', 'peers')}: {message}"]


def test_a_shared_group_cannot_name_a_tenants(tmp_path: Path) -> None:
    project = _project(tmp_path, hub=small_group(top="peers: [fox]"))
    message = "peers.0: fox belongs to tenant red, but hub to no tenant; drop the peer, or set tenant: red for hub"
    assert faults_of(project) == [f"{place(project, 'hub', 'peers')}: {message}"]


def test_a_tenant_without_a_subnet_gets_a_free_one_proposed(tmp_path: Path) -> None:
    project = _project(tmp_path, tenants="{red: {subnet: 10.210.3.0/24}}", ant=small_group(top="tenant: green"))
    assert faults_of(project) == [
        f"{place(project, 'stack_wood', 'tenants')}: machine.tenants: blue has no subnet, but owns jay; "
        "add machine.tenants.blue: {subnet: 10.210.4.0/24}",
        f"{place(project, 'stack_wood', 'tenants')}: machine.tenants: green has no subnet, but owns ant; "
        "add machine.tenants.green: {subnet: 10.210.5.0/24}",
    ]


def test_free_subnets_are_those_no_machine_takes() -> None:
    # The shipped machines have 10.210.1.0/24, 10.210.2.0/24 and 10.210.250.0/24.
    found = [str(subnet) for subnet in free_subnets(shipped())]
    assert found[:2] == ["10.210.3.0/24", "10.210.4.0/24"]
    assert "10.210.250.0/24" not in found
    assert str(next(free_subnets(Fleet({}, {}, {})))) == "10.210.1.0/24"


@pytest.mark.parametrize(
    ("subnet", "message"),
    [
        ("10.210.2.0/24", f"10.210.2.0/24 overlaps pc2_internal of pc2 (10.210.2.0/24); {TAKE}"),
        ("10.210.77.0/25", f"10.210.77.0/25 overlaps wood_internal of wood (10.210.77.0/24); {TAKE}"),
        ("10.42.7.0/24", f"10.42.7.0/24 overlaps the k3s range for pods (10.42.0.0/16); {TAKE}"),
        (
            "172.20.0.0/24",
            "172.20.0.0/24 is inside Docker's default pool 172.20.0.0/14, which Docker allocates from; "
            f"{TAKE}, or set inside_docker_pool: true if this is intended",
        ),
    ],
)
def test_a_tenants_subnet_keeps_out_of_all_others_way(tmp_path: Path, subnet: str, message: str) -> None:
    project = _project(tmp_path, tenants=f"{{red: {{subnet: {subnet}}}, blue: {{subnet: 10.210.82.0/24}}}}")
    where = place(project, "stack_wood", "tenants")
    assert faults_of(project) == [f"{where}: machine.tenants.red.subnet: {message}"]


def test_two_tenants_subnets_do_not_overlap(tmp_path: Path) -> None:
    project = _project(tmp_path, tenants="{red: {subnet: 10.210.81.0/24}, blue: {subnet: 10.210.81.0/24}}")
    message = "10.210.81.0/24 overlaps wood_internal_red of wood (10.210.81.0/24); use a free /24 of 10.210.0.0/16"
    assert faults_of(project) == [f"{place(project, 'stack_wood', 'tenants')}: machine.tenants.blue.subnet: {message}"]


def test_a_subnet_for_a_tenant_that_is_not_there_makes_no_network(tmp_path: Path) -> None:
    deployment = _plan(tmp_path, jay=small_group())
    assert deployment.tenants == ("red",)
    assert [network.name for network in deployment.machine.networks] == [
        "wood_internal",
        "wood_internal_blue",
        "wood_internal_red",
    ]


def test_a_tenants_subnets_are_among_the_facts_of_the_fleet(tmp_path: Path) -> None:
    assert _plan(tmp_path).facts.subnets["wood_internal_red"] == "10.210.81.0/24"


def _with_volume(owner: str, mount: str) -> dict[str, str]:
    return {
        owner: {"hub": HUB, "fox": RED}[owner].replace("containers:", "volumes: {nuts: {}}\ncontainers:", 1),
        "jay": small_group(top="tenant: blue\npeers: [hub]", main=f"mounts: {{nuts: {mount}}}"),
    }


def test_a_volume_of_another_tenant_is_refused_even_to_read(tmp_path: Path) -> None:
    project = _project(tmp_path, **_with_volume("fox", "{path: /data, read_only: true}"))
    message = "nuts belongs to tenant red, but jay to tenant blue; give the group its own volume"
    assert faults_of(project) == [f"{place(project, 'jay', 'nuts')}: containers.main.mounts.nuts: {message}"]


def test_a_shared_volume_is_for_reading_alone(tmp_path: Path) -> None:
    project = _project(tmp_path, **_with_volume("hub", "{path: /data}"))
    message = "nuts belongs to no tenant, but jay to tenant blue; set read_only: true"
    assert faults_of(project) == [f"{place(project, 'jay', 'nuts')}: containers.main.mounts.nuts: {message}"]
    assert faults_of(_project(tmp_path, **_with_volume("hub", "{path: /data, read_only: true}"))) == []


def test_two_tenants_do_not_meet_in_a_cards_daemon(tmp_path: Path) -> None:
    cuda = "build: {variant: cuda}"
    gpu = "gpu: {request: 1GiB, limit: 1GiB, enforcement: mps}"
    groups = {
        "fox": small_group(top="tenant: red", image=cuda, main=gpu),
        "jay": small_group(top="tenant: blue", image=cuda, main=gpu),
    }
    stack = small_stack("wood", *groups, tenants=TENANTS, gpus="{gpu0: {model: X, memory: 8GiB, mps: {}}}")
    project = write_project(tmp_path, stack_wood=stack, **groups)
    message = (
        "containers.main.gpu: tenant blue and tenant red (fox) would share MPS on gpu0 of wood; "
        "give each tenant a card, or a machine"
    )
    assert faults_of(project) == [f"{place(project, 'jay', 'gpu')}: {message}"]


def test_a_tenants_port_is_never_opened_on_the_lan(tmp_path: Path) -> None:
    network, tenants = "{name: glade_internal, subnet: 10.210.78.0/24}", "{red: {subnet: 10.210.79.0/24}}"
    other = small_stack("glade", "vixen", network=network, tenants=tenants)
    groups = {
        "fox": small_group(top="tenant: red\nports: {main: {port: 8000, host_port: 8301}}"),
        "vixen": small_group(top="tenant: red\npeers: [fox]"),
    }
    stack = small_stack("wood", "fox", tenants=TENANTS, lan_address="192.168.1.77")
    project = write_project(tmp_path, stack_wood=stack, stack_glade=other, **groups)
    message = (
        "tenant: vixen on glade needs it on wood, where its port would be open to every tenant on the LAN; "
        "put both groups on one machine"
    )
    assert faults_of(project) == [f"{place(project, 'fox', 'tenant')}: {message}"]


def test_a_tenants_other_groups_are_listed_where_they_could_reach_what_is_shared(tmp_path: Path) -> None:
    deployment = _plan(tmp_path, cub=small_group(top="tenant: red\npeers: [fox]"))
    assert deployment.degradations[Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE] == ("cub",)
    assert Feature.SHARED_GROUP_FOR_ITS_PEERS_ALONE not in _plan(tmp_path / "b").degradations


def test_registry_and_observability_are_for_groups_of_the_same_system(tmp_path: Path) -> None:
    project = write_project(tmp_path, stack_wood=small_stack("wood", "ears", "moth"), ears=small_group())
    (project / "groups/crank").mkdir()
    (project / "groups/crank/moth.yaml").write_text(small_group())
    deployment = plan_stack(load_project(project).fleet, "wood")
    (ears,), (moth,) = _group(deployment, "ears").containers, _group(deployment, "moth").containers
    assert "MAINPC_OBSERVABILITY_ENDPOINT" in ears.env
    assert sorted(ears.extra_hosts) == [
        "mainpc-discovery",
        "mainpc-observability",
        "pc2-discovery",
        "pc2-observability",
    ]
    assert moth.env["CROSS_MACHINE_SYNC"] == "false"
    assert not moth.extra_hosts


def test_a_tenants_group_knows_no_other_machine(tmp_path: Path) -> None:
    (fox,) = _group(_plan(tmp_path), "fox").containers
    assert fox.env["CROSS_MACHINE_SYNC"] == "false"
    assert not fox.extra_hosts


def test_a_tenant_with_a_page_has_a_network_that_docker_publishes_from(tmp_path: Path) -> None:
    plain = _plan(tmp_path / "plain")
    fox = small_group(top="tenant: red\npeers: [hub]\nports: {main: {publish: localhost, host_port: 3000}}")
    page = _plan(tmp_path / "page", fox=fox)
    assert (plain.closed_tenants, page.closed_tenants) == (("blue", "red"), ("blue",))
