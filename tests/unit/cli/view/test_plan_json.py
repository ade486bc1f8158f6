"""The plan for programs: one JSON object whose keys and figures others may rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.builders import LATER, STACKS, place, planned, swap, under
from tests.unit.cli.running import fleet, shipped, write_program


def plan(stack: str, *options: str) -> dict[str, Any]:
    answer = shipped("plan", stack, "--json", *options)
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = json.loads(answer.out)
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_a_plan_is_one_object_with_the_promised_keys(stack: str) -> None:
    found = plan(stack)
    assert found.keys() >= {"stack", "machine", "resources", "groups", "gpus", "policy"}
    assert (found["stack"], found["machine"]) == (stack, planned(stack).machine.name)


@pytest.mark.parametrize("stack", STACKS)
def test_a_resource_has_type_name_parent_and_inputs_and_nothing_else(stack: str) -> None:
    resources = plan(stack)["resources"]
    names = {resource["name"] for resource in resources}
    for resource in resources:
        assert resource.keys() == {"type", "name", "parent", "protect", "inputs"}
        assert resource["parent"] in names or (resource["parent"] is None and resource["name"] == stack)
    assert len([resource for resource in resources if resource["parent"] is None]) == 1


def test_inputs_are_those_of_the_provider() -> None:
    resources = {resource["name"]: resource for resource in plan("mainpc")["resources"]}
    vision = resources["mainpc-vision-gpu-main"]
    assert (vision["type"], vision["parent"]) == ("docker:index/container:Container", "mainpc-vision-gpu")
    assert vision["inputs"]["memory"] == vision["inputs"]["memorySwap"] == 4096
    assert vision["inputs"]["deviceRequests"] == [
        {"driver": "nvidia", "deviceIds": ["0"], "capabilities": ["gpu", "compute", "utility"]}
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_groups_have_name_wave_and_containers_with_their_agents(stack: str) -> None:
    found = {
        group["name"]: (group["wave"], {each["name"]: each["agents"] for each in group["containers"]})
        for group in plan(stack)["groups"]
    }
    assert found == {
        group.name: (group.wave, {each.name: list(each.agents) for each in group.containers})
        for group in planned(stack).groups
    }


@pytest.mark.parametrize(
    ("stack", "figures"),
    [("mainpc", (24564, 20480, 2700, 1024, 360)), ("pc2", (12288, 9728, 900, 0, 1660))],
)
def test_a_card_has_its_figures(stack: str, figures: tuple[int, ...]) -> None:
    (card,) = plan(stack)["gpus"]
    names = ("capacity_mib", "requested_mib", "context_mib", "reserve_mib", "free_mib")
    assert tuple(card[name] for name in names) == figures
    assert card["name"] == "gpu0"


def test_a_sandbox_has_no_card() -> None:
    assert plan("local")["gpus"] == []


def test_a_stack_that_holds_every_policy_lists_none() -> None:
    assert plan("mainpc")["policy"] == []


def test_a_violation_has_its_rule_level_resource_field_and_message(tmp_path: Path) -> None:
    change = swap("config:\n", "config:\n  fleet:images: {tag: latest}\n")
    project = write_program(tmp_path, pc2=change)
    answer = fleet(project, "plan", "pc2", "--json")
    assert answer.code == 3
    violations = json.loads(answer.out)["policy"]
    assert [violation["resource"] for violation in violations] == [
        "pc2-infra-core-cpu-main",
        "pc2-memory-reasoning-gpu-main",
        "pc2-vision-dream-gpu-main",
        "pc2-tutor-suite-cpu-main",
    ]
    for violation in violations:
        assert violation.items() >= {"id": "D01", "level": "mandatory", "field": "image"}.items()
        name = violation["resource"].removeprefix("pc2-").removesuffix("-main")
        assert violation["message"].startswith(f"container {name}: "), "as docker ps prints it"
        assert ":latest" in violation["message"]


def test_a_violation_points_at_its_line(tmp_path: Path) -> None:
    exception = f"{{run_as: {{reason: reads the camera, until: {LATER}}}}}"
    change = under("{request: 500m", f'    hardening: {{run_as: "0:0", exceptions: {exception}}}')
    project = write_program(tmp_path, tutor_suite_cpu=change)
    advisories = json.loads(fleet(project, "plan", "pc2", "--json").out)["policy"]
    assert {advisory["source"] for advisory in advisories} == {place(project, "tutor_suite_cpu", "run_as")}


def test_without_policies_none_are_listed(tmp_path: Path) -> None:
    change = swap("config:\n", "config:\n  fleet:images: {tag: latest}\n")
    answer = fleet(write_program(tmp_path, pc2=change), "plan", "pc2", "--json", "--no-policy")
    assert answer.code == 0
    assert json.loads(answer.out)["policy"] == []


def test_the_object_is_plain_ascii() -> None:
    assert shipped("plan", "pc2", "--json").out.isascii()


def test_images_list_each_layer_of_packages_once_with_the_images_that_have_it() -> None:
    images = plan("mainpc")["images"]
    layers = {layer["lock"]: layer for layer in images["layers"]}
    assert len(layers) == len(images["layers"])
    for key in ("download_bytes", "disk_bytes"):
        assert images[key] == sum(layer[key] for layer in layers.values()), key
    users = {lock: {image.partition(":")[0].rpartition("/")[2] for image in layers[lock]["images"]} for lock in layers}
    assert users["torch"] == {"language-stack-gpu", "memory-stack", "reasoning-gpu", "utility-gpu"}
    assert users["torch-2-3"] == {"model-manager-gpu", "vision-gpu"}
    assert users["vision-gpu"] == {"vision-gpu"}
    assert "images" not in plan("local")


def test_ports_for_people_have_their_address() -> None:
    ports = json.loads(shipped("plan", "edge", "--json").out)["ports"]
    assert ports == [{"endpoint": "lightweight-proxy", "address": "192.168.1.50", "port": 8200, "for": ["people"]}]
