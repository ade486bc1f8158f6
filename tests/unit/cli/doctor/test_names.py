"""Names, addresses and ports that a deployment takes on a machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cli.doctor.facts import NeighbourFacts
from cli.verify.facts import NetworkFacts, VolumeFacts
from fleet.plan.deployment import Deployment
from tests.unit.cli.trial_machine import DOCKER, alpha, daemon, examined, machine, neighbour, on, reported, volumes

NETWORK = "alpha_internal"


def found(subject: str, check: str, deployment: Deployment | None = None, **changes: Any) -> tuple[str, str, str]:
    """What is reported about a subject on a machine with other facts."""
    return reported(examined(machine(**changes), deployment), subject, check)


def deployed(**labels: str) -> tuple[NeighbourFacts, ...]:
    """All our containers."""
    return tuple(neighbour(container, **labels) for container in alpha().containers)


def test_free_names() -> None:
    assert found("containers", "names") == ("good", "3 names free", "")
    assert found("volumes", "names") == ("good", "2 names free", "")
    assert found(NETWORK, "name") == ("good", "free", "")


def test_our_own_names_are_no_clash() -> None:
    assert found("containers", "names", containers=deployed()) == (
        "good",
        "3 names free or taken by this stack (3 deployed)",
        "",
    )
    assert found("volumes", "names", volumes=volumes()) == ("good", "2 names free or taken by this stack (2 exist)", "")
    own = {NETWORK: NetworkFacts("bridge", ("10.210.91.0/24",))}
    assert found(NETWORK, "name", networks=own) == ("good", "deployed by this stack", "")
    assert found(NETWORK, "subnet", networks=own)[0] == "good"


def test_a_container_that_is_not_ours_takes_a_name() -> None:
    stranger = (NeighbourFacts("hub", {"fleet.group": "other"}, frozenset()),)
    expected = ("wrong", "the name is taken by another container", f"{DOCKER} rename hub hub-old")
    assert found("hub", "name", containers=stranger) == expected


def test_containers_of_compose_stand_in_the_way_of_pulumi() -> None:
    composed = deployed(**{"com.docker.compose.project": "fleet-alpha"})
    figure = "3 containers of Compose project fleet-alpha run; their names are taken for Pulumi"
    expected = ("warning", figure, f"{DOCKER} compose -p fleet-alpha down")
    assert found("containers", "names", containers=composed) == expected


def test_a_volume_that_is_not_ours_takes_a_name() -> None:
    stranger = {"alpha-hub-data": VolumeFacts({}, {})}
    show = f"{DOCKER} volume inspect alpha-hub-data"
    expected = ("wrong", "the name is taken by another volume", show)
    assert found("alpha-hub-data", "name", volumes=stranger) == expected


def test_a_volume_of_ours_in_another_place() -> None:
    old = {"alpha-hub-data": replace(volumes()["alpha-hub-data"], options={})}
    figure = "exists in Docker's own folder, configured /srv/hub; Docker would keep the old place"
    expected = ("wrong", figure, f"copy its data, then {DOCKER} volume rm alpha-hub-data")
    assert found("alpha-hub-data", "place", volumes=old) == expected


def test_a_network_that_is_not_ours_takes_the_name() -> None:
    other = {NETWORK: NetworkFacts("bridge", ("172.20.0.0/16",))}
    figure = "the name is taken by a network 172.20.0.0/16, configured 10.210.91.0/24"
    assert found(NETWORK, "name", networks=other) == ("wrong", figure, f"{DOCKER} network rm {NETWORK}")


@pytest.mark.parametrize("subnet", ["10.210.91.0/24", "10.210.0.0/16", "10.210.91.128/25"])
def test_a_subnet_that_another_network_has(subnet: str) -> None:
    other = {"other": NetworkFacts("bridge", ("fd00::/64", subnet))}
    figure = f"10.210.91.0/24 overlaps network other ({subnet})"
    mend = (
        f"set machine.network.subnet in Pulumi.alpha.yaml to a free /24 of 10.210.0.0/16, or {DOCKER} network rm other"
    )
    assert found(NETWORK, "subnet", networks=other) == ("wrong", figure, mend)


def test_a_subnet_inside_the_daemons_own_pools() -> None:
    figure = "10.210.91.0/24 is in the daemon's address pool 10.0.0.0/8"
    mend = "set machine.network.subnet in Pulumi.alpha.yaml to a /24 outside it"
    pools = daemon(pools=("10.0.0.0/8",))
    assert found(NETWORK, "address pools", daemon=pools) == ("warning", figure, mend)
    meant = on({"bridge": alpha().machine.network.model_copy(update={"inside_docker_pool": True})})
    assert found(NETWORK, "address pools", meant, daemon=pools) == ("good", "10.0.0.0/8", "")


@pytest.mark.parametrize("address", ["192.168.9.10", "0.0.0.0", "::", ""])  # noqa: S104
def test_a_port_that_another_container_has(address: str) -> None:
    other = (NeighbourFacts("web", {}, frozenset({(address, 8100, "tcp")})),)
    expected = ("wrong", "used by container web", f"{DOCKER} stop web")
    assert found("192.168.9.10:8100", "port", containers=other) == expected


@pytest.mark.parametrize("port", [("127.0.0.1", 8100, "tcp"), ("192.168.9.10", 8100, "udp"), ("0.0.0.0", 81, "tcp")])  # noqa: S104
def test_a_port_that_is_free(port: tuple[str, int, str]) -> None:
    other = (NeighbourFacts("web", {}, frozenset({port})),)
    expected = ("good", "not used by another container (tcp)", "")
    assert found("192.168.9.10:8100", "port", containers=other) == expected


def test_a_port_of_our_own_container_is_free_to_us() -> None:
    assert found("192.168.9.10:8100", "port", containers=deployed())[0] == "good"
