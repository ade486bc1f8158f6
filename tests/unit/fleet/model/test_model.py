"""Models: deeply frozen, strict about keys, and every rule that a single model can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fleet.model import Container, ContainerGroup, GpuBudget, Hardening, Health, Machine, Stack
from fleet.model.budgets import CpuBudget, MemoryBudget
from fleet.model.program import Agent
from tests.unit.builders import planned, shipped
from tests.unit.fleet.models import make_container, make_group, make_machine, problem

GPU = {"request": "1GiB", "limit": "2GiB", "enforcement": "framework"}


def test_the_whole_fleet_is_frozen_down_to_its_last_value() -> None:
    seen: set[type] = set()

    def look(value: object) -> None:
        seen.add(type(value))
        assert not isinstance(value, (dict, list, set, bytearray)), f"{value!r} can be changed"
        if isinstance(value, BaseModel):
            for name in type(value).model_fields:
                with pytest.raises(ValidationError, match="frozen"):
                    setattr(value, name, None)
                look(getattr(value, name))
        elif isinstance(value, Mapping):
            with pytest.raises(TypeError):
                value["new"] = 1  # type: ignore[index]
            for item in value.values():
                look(item)
        elif isinstance(value, tuple):
            for item in value:
                look(item)

    for stack in shipped().stacks.values():
        look(stack)
    for group in shipped().groups.values():
        look(group)
    assert {Stack, Machine, ContainerGroup, Container, GpuBudget, Hardening, Health, Agent} <= seen


def test_a_fleet_and_a_plan_cannot_be_changed_either() -> None:
    with pytest.raises(FrozenInstanceError):
        shipped().stacks = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        shipped().groups["new"] = make_group()  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        planned("pc2").sandbox = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("build", "changes"),
    [
        (make_container, {"memroy": "1GiB"}),
        (make_container, {"hardening": {"privileged": True}}),
        (make_container, {"health": {"intervall": "30s"}}),
        (make_container, {"agents": {"Ear": {"modul": "a.b"}}}),
        (make_container, {"build": {"variants": "cpu"}}),
        (make_group, {"start_afer": ["mouth"]}),
        (make_group, {"ports": {"main": {"host-port": 80}}}),
        (make_group, {"volumes": {"data": {"writer": "one"}}}),
        (make_machine, {"gpu": {}}),
        (make_machine, {"network": {"name": "pi_internal", "subnet": "10.210.3.0/24", "mtu": 1500}}),
    ],
)
def test_a_key_no_model_knows_is_refused_at_every_level(build: Any, changes: dict[str, Any]) -> None:
    assert problem(build, **changes) == "Extra inputs are not permitted"


def test_a_container_comes_from_a_build_or_an_image_but_not_from_both_or_neither() -> None:
    way_out = "set build for your own agents, or image for a ready image"
    image = {"reference": "registry.example/redis:7"}
    assert problem(make_container, build=None) == f"Value error, neither build nor image is set; {way_out}"
    assert problem(make_container, image=image) == f"Value error, image: build and image are both set; {way_out}"
    assert make_container(build=None, image=image).image is not None


def test_a_cuda_build_and_a_gpu_budget_go_together() -> None:
    assert problem(make_container, build={"variant": "cuda"}) == (
        "Value error, build.variant: cuda, but gpu is missing; add gpu with request, limit and enforcement"
    )
    assert problem(make_container, gpu=GPU) == (
        "Value error, gpu: is set, but build.variant is cpu; set build.variant to cuda, or drop gpu"
    )
    assert make_container(build={"variant": "cuda"}, gpu=GPU).gpu is not None
    assert make_container(build=None, image={"reference": "ollama/ollama:1"}, gpu=GPU).gpu is not None


EITHER = "raise limit or lower request"


@pytest.mark.parametrize(
    ("model", "budget", "equal", "below", "said"),
    [
        (MemoryBudget, {"request": "1GiB"}, "1GiB", "1023MiB", f"limit: 1023 MiB is below request 1024 MiB; {EITHER}"),
        (CpuBudget, {"request": 1}, 1, "999m", f"request: 1000m is above limit 999m; {EITHER}"),
        (
            GpuBudget,
            GPU,
            "1GiB",
            "1023MiB",
            "limit: 1023 MiB is below request 1024 MiB; lower request, or raise limit within the card",
        ),
    ],
)
def test_a_limit_covers_its_request(
    model: Any, budget: dict[str, Any], equal: object, below: object, said: str
) -> None:
    assert model.model_validate({**budget, "limit": equal})
    assert problem(model.model_validate, obj={**budget, "limit": below}) == f"Value error, {said}"


def test_the_request_is_the_cap_where_no_limit_is_given() -> None:
    assert make_container().memory.cap_mib == 1024
    assert make_container(memory={"request": "1GiB", "limit": "3GiB"}).memory.cap_mib == 3072


def test_a_gpu_budget_says_what_enforces_it() -> None:
    assert problem(GpuBudget.model_validate, obj={"request": "1GiB", "limit": "1GiB"}) == "Field required"
    assert "'advisory', 'framework', 'mps', 'hami-core' or 'exclusive'" in problem(
        GpuBudget.model_validate, obj={**GPU, "enforcement": "hope"}
    )


@pytest.mark.parametrize("keys", [("module", "script"), ("script", "program"), ("module", "program")])
def test_an_agent_is_started_one_way(keys: tuple[str, str]) -> None:
    values = {"module": "a.b", "script": "/app/a.py", "program": "/bin/a"}
    agent = {key: values[key] for key in keys}
    assert problem(Agent.model_validate, obj=agent) == (
        f"Value error, {keys[-1]}: {' and '.join(keys)} exclude each other; keep one"
    )


def test_a_group_has_a_main_container_and_ports_of_its_own_containers() -> None:
    side = {"build": {}, "memory": {"request": "1GiB"}, "cpu": {"limit": 1}}
    assert (
        problem(make_group, containers={"side": side})
        == 'Value error, containers: container "main" is missing; rename side'
    )
    assert "ports.web.container: unknown container door; use main" in problem(
        make_group, ports={"web": {"port": 80, "container": "door"}}
    )


def test_a_group_without_ports_answers_on_8000() -> None:
    assert {key: port.port for key, port in make_group().ports.items()} == {"main": 8000}


@pytest.mark.parametrize("port", [1, 65535])
def test_the_outermost_ports_are_ports(port: int) -> None:
    assert make_group(ports={"main": {"port": port}}).ports["main"].port == port


@pytest.mark.parametrize(("port", "said"), [(0, "greater than or equal to 1"), (65536, "less than or equal to 65535")])
def test_a_number_beyond_the_outermost_ports_is_none(port: int, said: str) -> None:
    assert said in problem(make_group, ports={"main": {"port": port}})


def test_health_is_looked_for_as_long_as_all_its_tries_take() -> None:
    assert Health().deadline_s == 60 + 3 * (30 + 10)
    assert (Health().path, Health().port, Health().interval_s, Health().timeout_s) == ("/health", 8000, 30, 10)


@pytest.mark.parametrize(
    ("device_class", "target", "fits"),
    [
        ("gaming-pc", "docker", True), ("gaming-laptop", "docker", True), ("workstation", "docker", True),
        ("cloud-vm", "docker", True), ("laptop", "docker", True), ("single-board-computer", "docker", True),
        ("container-service", "docker", False), ("gaming-pc", "kubernetes", False),
        ("hpc", "docker", True), ("hpc", "cloudrun", False),
    ],
)  # fmt: skip
def test_each_device_class_is_deployed_by_its_own_targets(device_class: str, target: str, fits: bool) -> None:
    keys = {"class": device_class, "target": target}
    if fits:
        assert make_machine(**keys).target == target
    else:
        assert f'target: "{target}" does not match class "{device_class}"' in problem(make_machine, **keys)


@pytest.mark.parametrize("name", ["a", "A1", "a_b", "-a", "a-", "a--b", "1a", "a.b", "a" * 41])
def test_a_name_is_a_dns_label_with_room_for_what_is_added(name: str) -> None:
    assert problem(make_machine, name=name)


@pytest.mark.parametrize("name", ["a1", "pi-4", "a" * 40])
def test_a_lower_case_name_of_words_and_dashes_is_taken(name: str) -> None:
    assert make_machine(name=name).name == name


@pytest.mark.parametrize("subnet", ["10.210.3.0/32", "10.210.3.0/31"])
def test_a_subnet_has_room_for_a_gateway_and_containers(subnet: str) -> None:
    assert problem(make_machine, network={"name": "pi_internal", "subnet": subnet})


def test_a_group_is_named_once_in_a_stack() -> None:
    with pytest.raises(ValidationError, match="lists ears twice; keep one"):
        Stack(name="pi", machine=make_machine(), groups=("ears", "eyes", "ears"))


def test_two_cards_are_two_devices() -> None:
    card = {"model": "RTX 3060", "memory": "12288MiB"}
    assert "two cards have device" in problem(make_machine, gpus={"gpu0": card, "gpu1": card})
    assert len(make_machine(gpus={"gpu0": card, "gpu1": {**card, "device": "1"}}).gpus) == 2


def test_a_setting_that_another_one_turns_off_is_refused() -> None:
    for restart in ("always", "no"):
        text = f'restarts_max: has no effect with restart "{restart}"; set restart: on-failure, or drop it'
        assert problem(make_container, restart=restart, restarts_max=3) == f"Value error, {text}"
    assert make_container(restart="on-failure", restarts_max=3).restarts_max == 3
    for scheme in ("http", "tcp"):
        text = f'scheme: "{scheme}" is not a scheme of a udp port; drop scheme, or set protocol: tcp'
        assert problem(make_group, ports={"main": {"protocol": "udp", "scheme": scheme}}) == f"Value error, {text}"
    assert make_group(ports={"main": {"protocol": "udp"}}).ports["main"].protocol == "udp"
