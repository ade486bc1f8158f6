"""The address book: what each machine calls an endpoint, and what is published because another machine needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.model import Fleet
from fleet.network.addresses import AddressBook
from tests.unit.builders import (
    LATER,
    Change,
    agent_containers,
    assert_accepted,
    chain,
    container,
    planned,
    shipped,
    small_group,
    small_stack,
    swap,
    under,
)


def address_book(stack: str, name: str, fleet: Fleet | None = None) -> dict[str, str]:
    """What a container knows of its peers."""
    book: dict[str, str] = json.loads(container(planned(stack, fleet), name).env["FLEET_ADDRESS_BOOK"])
    return book


def published(stack: str, fleet: Fleet | None = None) -> dict[str, list[tuple[str, int, int]]]:
    """Container -> (address, host port, container port) of what it publishes."""
    return {
        found.name: [(port.address, port.host_port, port.container_port) for port in found.ports]
        for found in planned(stack, fleet).containers
        if found.ports
    }


def test_a_peer_on_the_same_machine_is_reached_by_its_groups_name() -> None:
    assert address_book("mainpc", "vision-gpu")["core-platform"] == "tcp://core-platform:8000"
    assert address_book("pc2", "tutor-suite-cpu")["memory-reasoning-gpu"] == "tcp://memory-reasoning-gpu:8000"


def test_a_peer_on_another_machine_is_reached_by_machine_and_group_on_its_host_port() -> None:
    assert address_book("pc2", "memory-reasoning-gpu")["memory-stack"] == "tcp://mainpc-memory-stack:8010"
    assert address_book("pc2", "vision-dream-gpu")["vision-gpu"] == "tcp://mainpc-vision-gpu:8020"


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("mainpc", {"infra-core-cpu": "tcp://pc2-discovery:8100", "infra-core-cpu/observability": "tcp://pc2-observability:9100"}),
        ("pc2", {"core-platform": "tcp://mainpc-discovery:8000", "core-platform/observability": "tcp://mainpc-observability:9000"}),
    ],
)  # fmt: skip
def test_every_container_knows_registry_and_observability_of_the_other_machine(
    stack: str, expected: dict[str, str]
) -> None:
    for found in agent_containers(stack):
        assert address_book(stack, found.name).items() >= expected.items()


def test_no_address_of_the_fleet_is_localhost() -> None:
    for stack in ("mainpc", "pc2", "local"):
        for found in agent_containers(stack):
            assert "localhost" not in found.env["FLEET_ADDRESS_BOOK"]
            assert "127.0.0.1" not in found.env["FLEET_ADDRESS_BOOK"]


def test_only_what_another_machine_needs_is_published_and_on_the_lan_address_alone() -> None:
    assert published("mainpc") == {
        "core-platform": [("192.168.1.10", 8000, 8000), ("192.168.1.10", 9000, 9000)],
        "memory-stack": [("192.168.1.10", 8010, 8000)],
        "vision-gpu": [("192.168.1.10", 8020, 8000)],
    }
    assert published("pc2") == {"infra-core-cpu": [("192.168.1.20", 8100, 8000), ("192.168.1.20", 9100, 9100)]}


def test_a_plan_says_for_whom_a_port_is_published() -> None:
    users = {endpoint.ref: who for endpoint, who in planned("mainpc").published}
    assert users == {
        "core-platform": ("pc2",),
        "core-platform/observability": ("pc2",),
        "memory-stack": ("pc2",),
        "vision-gpu": ("pc2",),
    }


def test_a_port_that_other_machines_no_longer_need_is_closed(tmp_path: Path) -> None:
    changes: dict[str, Change] = {
        "vision_dream_gpu": swap("peers: [infra-core-cpu, vision-gpu]", "peers: [infra-core-cpu]"),
        "audio_emotion": swap("peers: [", "peers: [vision-gpu, "),
    }
    fleet = assert_accepted(tmp_path, **changes).fleet
    assert set(published("mainpc", fleet)) == {"core-platform", "memory-stack"}


def test_a_page_is_published_for_people_and_for_machines_at_once(tmp_path: Path) -> None:
    wrong = []
    lan = ("192.168.1.10", 8020, 8000)
    for place, expected in (
        ("lan", [lan]),
        ("192.168.1.10", [lan]),
        ("localhost", [lan, ("127.0.0.1", 8020, 8000)]),
        ("100.64.0.7", [lan, ("100.64.0.7", 8020, 8000)]),
        ("0.0.0.0", [("0.0.0.0", 8020, 8000)]),  # noqa: S104
    ):
        waiver = f"waivers: {{B11: {{reason: The whole house is one network., until: {LATER}}}}}\n"
        change = chain(swap("host_port: 8020", f"host_port: 8020, publish: {place}"), waiver.__add__)
        fleet = assert_accepted(tmp_path / place, vision_gpu=change).fleet
        found = published("mainpc", fleet)["vision-gpu"]
        peer = json.loads(container(planned("pc2", fleet), "vision-dream-gpu").env["FLEET_ADDRESS_BOOK"])["vision-gpu"]
        wrong += [(place, found)] if found != expected or peer != "tcp://mainpc-vision-gpu:8020" else []
    assert not wrong


def test_a_sandbox_publishes_nothing(tmp_path: Path) -> None:
    page = small_group(top="ports: {main: {publish: lan, host_port: 3000}}")
    stack = small_stack("wood", "page", lan_address="192.168.1.77")
    fleet = assert_accepted(
        tmp_path,
        page=page,
        stack_wood=f"{stack}  fleet:sandbox: true\n",
        mainpc=swap("    - vision-gpu\n", "    - vision-gpu\n    - page\n"),
    ).fleet
    assert "page" not in published("wood", fleet)
    assert published("mainpc", fleet)["page"] == [("192.168.1.10", 3000, 8000)]


def test_a_peer_of_the_same_machine_alone_publishes_nothing(tmp_path: Path) -> None:
    change = swap("peers: [core-platform, memory-stack, model-manager-gpu]", "peers: [vision-gpu]")
    changes: dict[str, Change] = {
        "reasoning_gpu": change,
        "vision_dream_gpu": swap("peers: [infra-core-cpu, vision-gpu]", "peers: []"),
    }
    assert "vision-gpu" not in published("mainpc", assert_accepted(tmp_path, **changes).fleet)


def test_names_of_other_machines_resolve_to_their_lan_address() -> None:
    assert dict(container(planned("mainpc"), "core-platform").extra_hosts) == {
        "pc2-discovery": "192.168.1.20",
        "pc2-observability": "192.168.1.20",
    }
    assert dict(container(planned("pc2"), "vision-dream-gpu").extra_hosts) == {
        "mainpc-discovery": "192.168.1.10",
        "mainpc-observability": "192.168.1.10",
        "mainpc-vision-gpu": "192.168.1.10",
    }


def test_every_name_of_another_machine_in_a_book_has_an_address() -> None:
    for stack in ("mainpc", "pc2"):
        for found in agent_containers(stack):
            urls = address_book(stack, found.name).values()
            hosts = {url.removeprefix("tcp://").split(":")[0] for url in urls}
            own = {alias for other in planned(stack).containers for alias in other.aliases}
            assert hosts <= own | found.extra_hosts.keys()


def test_a_changed_lan_address_reaches_the_other_machine(tmp_path: Path) -> None:
    change = chain(swap("lan_address: 192.168.1.10", "lan_address: 192.168.1.77"))
    fleet = assert_accepted(tmp_path, mainpc=change).fleet
    assert set(container(planned("pc2", fleet), "infra-core-cpu").extra_hosts.values()) == {"192.168.1.77"}
    assert published("mainpc", fleet)["vision-gpu"] == [("192.168.1.77", 8020, 8000)]


def test_a_third_machine_is_known_to_the_others(tmp_path: Path) -> None:
    ports = "ports:\n  main: {port: 8000, service: discovery, host_port: 8000}\n"
    changes: dict[str, Change] = {
        "edge_core": small_group(top=ports),
        "stack_pi": small_stack("pi", "edge-core", lan_address="192.168.1.30"),
    }
    fleet = assert_accepted(tmp_path, **changes).fleet
    env = container(planned("mainpc", fleet), "core-platform").env
    assert set(env["CROSS_MACHINE_DISCOVERY_ENDPOINT"].split(",")) == {
        "tcp://pc2-discovery:8100",
        "tcp://pi-discovery:8000",
    }
    known = {endpoint.stack.name for endpoint in AddressBook.of(fleet, fleet.stacks["pi"]).endpoints.values()}
    assert known == {"mainpc", "pc2", "pi"}


def test_a_sandbox_knows_nothing_of_other_machines() -> None:
    for found in agent_containers("local"):
        reported = json.dumps([dict(found.env), dict(found.extra_hosts)])
        assert not [word for word in ("mainpc", "pc2", "192.168.1.", "infra-core") if word in reported]
        assert found.env["CROSS_MACHINE_SYNC"] == "false"
        assert found.ports == ()


def test_no_machine_knows_the_sandbox() -> None:
    for stack in shipped().members:
        assert all(endpoint.stack.name != "local" for endpoint in AddressBook.of(shipped(), stack).endpoints.values())


def test_a_peer_the_sandbox_does_not_run_is_left_out_of_its_book() -> None:
    assert address_book("local", "local-tutor-suite-cpu") == {}
    assert address_book("local", "local-memory-stack") == {"core-platform": "tcp://core-platform:8000"}


def test_any_port_but_the_main_one_is_named_after_a_slash(tmp_path: Path) -> None:
    change: dict[str, Any] = {
        "reasoning_gpu": swap("peers: [core-platform, memory", "peers: [core-platform/observability, memory")
    }
    fleet = assert_accepted(tmp_path, **change).fleet
    assert address_book("mainpc", "reasoning-gpu", fleet)["core-platform/observability"] == "tcp://core-platform:9000"


def test_the_scheme_of_a_port_is_that_of_its_address(tmp_path: Path) -> None:
    fleet = assert_accepted(
        tmp_path, core_platform=swap("main: {port: 8000,", "main: {port: 8000, scheme: http,")
    ).fleet
    assert address_book("mainpc", "vision-gpu", fleet)["core-platform"] == "http://core-platform:8000"


def test_a_port_of_a_sidecar_is_reached_by_the_sidecars_name(tmp_path: Path) -> None:
    ports = "ports: {main: {port: 8000}, jobs: {port: 8002, container: helpers}}"
    changes: dict[str, Change] = {
        "utility_gpu": under("description:", ports),
        "reasoning_gpu": swap("peers: [core-platform, memory", "peers: [utility-gpu/jobs, memory"),
    }
    fleet = assert_accepted(tmp_path, **changes).fleet
    url = address_book("mainpc", "reasoning-gpu", fleet)["utility-gpu/jobs"]
    (alias,) = container(planned("mainpc", fleet), "utility-gpu-helpers").aliases
    assert url == f"tcp://{alias}:8002"
