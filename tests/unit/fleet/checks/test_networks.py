"""Hosts and subnets: nothing on one machine conflicts with anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.docker.compose import compose_file
from components.docker.render import render_container
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError
from tests import trial_cloud, trial_cluster
from tests.unit.builders import (
    LATER,
    Change,
    assert_accepted,
    assert_refused,
    faults_of,
    place,
    small_group,
    small_stack,
    swap,
    write_project,
)

FREE = "use a free /24 of 10.210.0.0/16"


@pytest.mark.parametrize("connection", ["ssh://owner@192.168.1.10", "ssh://root@192.168.1.10:2222"])
def test_two_stacks_that_reach_the_same_host_are_refused(tmp_path: Path, connection: str) -> None:
    message = (
        f"machine.connection: {connection} is also the host of mainpc; "
        "use one stack per machine: merge the two, or correct the address"
    )
    change = swap("ssh://owner@192.168.1.20", connection)
    assert_refused(tmp_path, "pc2", "connection:", message, pc2=change)


@pytest.mark.parametrize("port", [2376, 2377])
def test_two_daemons_of_one_host_are_one_machine(tmp_path: Path, port: int) -> None:
    """Whatever their ports: neither would know what the other took of the host's memory and cards."""
    first = swap("ssh://owner@192.168.1.10", "tcp://192.168.1.30:2376")
    second = swap("ssh://owner@192.168.1.20", f"tcp://192.168.1.30:{port}")
    (fault,) = faults_of(write_project(tmp_path, mainpc=first, pc2=second))
    assert f"tcp://192.168.1.30:{port} is also the host of mainpc" in fault


def test_two_stacks_of_one_lan_address_are_refused(tmp_path: Path) -> None:
    message = "machine.lan_address: 192.168.1.10 is also the address of mainpc; correct one of the two"
    change = swap("lan_address: 192.168.1.20", "lan_address: 192.168.1.10")
    assert_refused(tmp_path, "pc2", "lan_address:", message, pc2=change)


def test_two_machines_of_one_name_are_refused(tmp_path: Path) -> None:
    message = 'machine.name: "mainpc" is already the name of mainpc; give each machine its own name'
    project = write_project(tmp_path, pc2=swap("    name: pc2\n", "    name: mainpc\n"))
    assert f"{place(project, 'pc2', '    name: mainpc')}: {message}" in faults_of(project)


def test_a_sandbox_may_share_the_host_of_a_machine(tmp_path: Path) -> None:
    assert_accepted(tmp_path, local=swap("unix:///var/run/docker.sock", "ssh://owner@192.168.1.10"))


@pytest.mark.parametrize("connection", ["tcp://3com:2375", "tcp://999.1.1.1:2375", "tcp://@", "tcp://1.2.3.4.example"])
def test_an_odd_host_name_does_not_end_the_judgement(tmp_path: Path, connection: str) -> None:
    for fault in faults_of(write_project(tmp_path, pc2=swap("ssh://owner@192.168.1.20", connection))):
        assert fault.startswith("Pulumi.pc2.yaml:")


def test_overlapping_subnets_of_two_machines_are_refused(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.210.0.0/22 overlaps mainpc_internal of mainpc (10.210.1.0/24); {FREE}"
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", "10.210.0.0/22"))


def test_a_subnet_of_the_sandbox_overlaps_nobody_either(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.210.1.0/24 overlaps local_internal of local (10.210.1.0/24); {FREE}"
    assert_refused(tmp_path, "mainpc", "subnet:", message, local=swap("10.210.250.0/24", "10.210.1.0/24"))


def test_neighbouring_subnets_are_accepted(tmp_path: Path) -> None:
    assert_accepted(
        tmp_path, mainpc=swap("10.210.1.0/24", "10.210.2.0/25"), pc2=swap("10.210.2.0/24", "10.210.2.128/25")
    )


def test_two_networks_of_one_name_are_refused(tmp_path: Path) -> None:
    message = 'machine.network.name: "mainpc_internal" is also the network of mainpc; name it after its machine'
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("pc2_internal", "mainpc_internal"))


@pytest.mark.parametrize(
    ("subnet", "pool"),
    [
        ("172.17.0.0/24", "172.17.0.0/16"), ("172.20.0.0/16", "172.20.0.0/14"), ("172.31.255.0/24", "172.28.0.0/14"),
        ("192.168.0.0/24", "192.168.0.0/16"), ("172.16.0.0/12", "172.17.0.0/16"),
    ],
)  # fmt: skip
def test_a_subnet_in_dockers_own_pools_is_refused_unless_it_is_meant(tmp_path: Path, subnet: str, pool: str) -> None:
    message = (
        f"machine.network.subnet: {subnet} is inside Docker's default pool {pool}, which Docker allocates from; "
        f"{FREE}, or set inside_docker_pool: true if this is intended"
    )
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", subnet))
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", f"{subnet}, inside_docker_pool: true"))


@pytest.mark.parametrize("subnet", ["172.16.0.0/24", "172.16.255.0/24"])
def test_a_subnet_just_outside_dockers_own_pools_is_accepted(tmp_path: Path, subnet: str) -> None:
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", subnet))


@pytest.mark.parametrize(
    ("subnet", "what"),
    [
        ("10.42.0.0/24", "pods (10.42.0.0/16)"), ("10.42.255.0/24", "pods (10.42.0.0/16)"),
        ("10.43.0.0/24", "services (10.43.0.0/16)"), ("10.43.255.0/24", "services (10.43.0.0/16)"),
    ],
)  # fmt: skip
def test_a_subnet_in_the_ranges_of_k3s_is_refused(tmp_path: Path, subnet: str, what: str) -> None:
    message = f"machine.network.subnet: {subnet} overlaps the k3s range for {what}; {FREE}"
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", subnet))


@pytest.mark.parametrize("subnet", ["10.41.255.0/24", "10.44.0.0/24"])
def test_a_subnet_just_outside_the_ranges_of_k3s_is_accepted(tmp_path: Path, subnet: str) -> None:
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", subnet))


def test_a_subnet_that_holds_a_lan_address_is_refused(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.7.0.0/24 contains the LAN address of mainpc (10.7.0.254); {FREE}"
    changes: dict[str, Change] = {
        "pc2": swap("10.210.2.0/24", "10.7.0.0/24"),
        "mainpc": swap("lan_address: 192.168.1.10", "lan_address: 10.7.0.254"),
    }
    assert_refused(tmp_path, "pc2", "subnet:", message, **changes)
    assert_accepted(tmp_path, **{**changes, "mainpc": swap("lan_address: 192.168.1.10", "lan_address: 10.7.1.1")})


def test_one_host_in_other_letters_is_the_same_host(tmp_path: Path) -> None:
    """Or at another port, in brackets, with a final dot, by another scheme, or by the other's LAN address."""
    taken = []
    for first, second in (
        ("ssh://owner@pc.lan", "ssh://owner@PC.lan"),
        ("ssh://owner@pc.lan", "ssh://root@pc.LAN:2222"),
        ("ssh://owner@pc.lan.", "tcp://pc.lan:2375"),
        ("ssh://owner@[fd00::7]", "ssh://owner@[FD00:0:0::7]:22"),
        ("unix:///var/run/docker.sock", "unix:///run/docker.sock"),
        ("unix:///var/run//docker.sock", "unix:///var/run/docker.sock"),
        ("ssh://owner@pc.lan", "ssh://owner@192.168.1.10"),
    ):
        changes = {
            "mainpc": swap("ssh://owner@192.168.1.10", first),
            "pc2": swap("ssh://owner@192.168.1.20", second),
        }
        faults = faults_of(write_project(tmp_path, **changes))  # type: ignore[arg-type]
        taken += [] if len(faults) == 1 and "Pulumi.pc2.yaml" in faults[0] else [(first, second, faults)]
    assert taken == []


def test_a_network_is_not_named_like_dockers_own(tmp_path: Path) -> None:
    for name in ("bridge", "host", "none", "ingress", "default"):
        (fault,) = faults_of(write_project(tmp_path, mainpc=swap("mainpc_internal", name)))
        assert f'machine.network.name: "{name}" is a network of Docker\'s own; name it after its machine' in fault


def test_a_network_is_not_named_like_a_mode(tmp_path: Path) -> None:
    for name in ("container", "ns", "private", "pasta", "slirp4netns"):
        change = swap("name: mainpc_internal", f"name: {name}")
        (fault,) = faults_of(write_project(tmp_path, mainpc=change))
        assert f'machine.network.name: "{name}" is a network mode of Docker or Podman' in fault


def test_the_address_of_docker0_is_none_of_the_lan(tmp_path: Path) -> None:
    message = (
        "machine.lan_address: 172.17.0.1 is the address of docker0, the same on every Docker host; "
        "set the address other machines reach it by"
    )
    change = swap("lan_address: 192.168.1.10", "lan_address: 172.17.0.1")
    assert_refused(tmp_path, "mainpc", "lan_address:", message, mainpc=change)


_ON_HOST = (
    "hardening:\n  host_network: true\n"
    f"  exceptions: {{host_network: {{reason: Finds speakers by mDNS., until: {LATER}}}}}\ncommand: [/bin/own]"
)


def test_a_container_in_the_hosts_network_has_no_peers_tenant_or_published_port(tmp_path: Path) -> None:
    stack = small_stack("wood", "voice", "page", lan_address="192.168.1.77", tenants="{red: {subnet: 10.210.81.0/24}}")
    path, wrong = "containers.main.hardening.host_network", []
    for top, page, problem in (
        ("peers: [page]", "", f"{path}: leaves the network of its peers"),
        ("", "peers: [voice]", f"{path}: hides it from page, which has it as a peer"),
        ("tenant: red", "", f"{path}: leaves the network of tenant red"),
        ("ports: {main: {publish: lan}}", "", "ports.main.publish: has no effect: main is in the host's network"),
        ("ports: {main: {port: 3000}}", "ports: {main: {publish: localhost, host_port: 3000}}",
         "ports.main.host_port: 3000/tcp is already used on wood by voice.ports.main"),
        ("", "ports: {main: {publish: lan}}", ""),
        ("ports: {main: {port: 3000}}", "", ""),
    ):  # fmt: skip
        groups = {"voice": small_group(main=_ON_HOST, top=top), "page": small_group(top=page)}
        found = faults_of(write_project(tmp_path, **groups, stack_wood=stack))
        if len(found) != bool(problem) or not all(problem in fault for fault in found):
            wrong.append((top, page, found))
    assert not wrong


def test_the_hosts_network_needs_a_reason_and_is_docker_alone(tmp_path: Path) -> None:
    bare = "hardening: {host_network: true}\ncommand: [/bin/own]"
    stack = small_stack("wood", "voice")
    (fault,) = faults_of(write_project(tmp_path, voice=small_group(main=bare), stack_wood=stack))
    assert "weaker than the default without a reason" in fault
    fleet = assert_accepted(tmp_path, voice=small_group(main=_ON_HOST), stack_wood=stack).fleet
    plan = plan_stack(fleet, "wood")
    rendered = render_container(plan.containers[0], plan)
    assert (rendered["network_mode"], rendered["networks_advanced"]) == ("host", [])
    service = compose_file(plan)["services"]["voice"]
    assert (service["network_mode"], "networks" in service) == ("host", False)
    hardening = {
        "host_network": True,
        "exceptions": {"host_network": {"reason": "Finds speakers by mDNS.", "until": LATER}},
    }
    for trial in (trial_cluster, trial_cloud):
        groups = {"brain": {"containers": {"main": {"hardening": hardening}}}}
        with pytest.raises(ConfigurationError, match=r"hardening\.host_network: not supported on trial"):
            trial.trial_project(groups=groups)
