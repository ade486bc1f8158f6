"""Which groups a machine suits: the rule of thumb comes out of what groups need and machines have."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from fleet.checks.suitability import suited, suits
from fleet.load.project import load_project
from fleet.model import ContainerGroup
from tests.unit.builders import ROOT, assert_accepted, faults_of, place, small_group, small_stack, write_project
from tests.unit.fleet.models import make_group, make_machine

CARD = {"gpu0": {"model": "RTX 3060", "memory": "12GiB"}}


@cache
def crank() -> tuple[ContainerGroup, ...]:
    """The shipped services that any device may take."""
    groups = load_project(ROOT).fleet.groups
    return tuple(groups[name] for name in ("email-parser", "gpu-classifier", "lightweight-proxy"))


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        pytest.param({"memory": "64GiB", "gpus": CARD}, "gpu-classifier", id="a PC with a card"),
        pytest.param({"memory": "8GiB", "gpus": CARD}, "gpu-classifier", id="a small machine with a card"),
        pytest.param({"memory": "16GiB"}, "email-parser", id="a machine with room"),
        pytest.param({"memory": "8193MiB"}, "email-parser", id="just above 8 GiB"),
        pytest.param({"memory": "8GiB"}, "lightweight-proxy", id="8 GiB"),
        pytest.param(
            {"memory": "8GiB", "class": "single-board-computer", "arch": "arm64", "memory_reserve": "1GiB"},
            "lightweight-proxy",
            id="a Raspberry Pi 4",
        ),
        pytest.param({"memory": "512MiB", "memory_reserve": "256MiB"}, "lightweight-proxy", id="a very small one"),
        pytest.param({"memory": "16GiB", "arch": "arm64", "gpus": CARD}, "email-parser", id="a card on arm64"),
    ],
)
def test_a_machine_takes_what_makes_most_of_it(machine: dict[str, object], expected: str) -> None:
    found = suited(make_machine(**machine), crank())
    assert found is not None
    assert found.name == expected


def test_nothing_suits_a_machine_that_is_full_with_its_system() -> None:
    assert suited(make_machine(memory="2049MiB"), crank()) is None


def test_a_card_that_is_too_small_does_not_suit() -> None:
    small = {"gpu0": {"model": "GT 710", "memory": "2GiB"}}
    assert not suits(make_machine(memory="64GiB", gpus=small), crank()[1])


def test_a_ready_image_for_another_processor_does_not_suit() -> None:
    main = {"image": {"reference": "r/x:1", "platforms": ["arm64"]}, "memory": {"request": "1GiB"}, "cpu": {"limit": 1}}
    group = make_group(containers={"main": main})
    assert not suits(make_machine(), group)
    assert suits(make_machine(arch="arm64"), group)


def test_a_group_for_larger_machines_is_refused_on_a_small_one_and_what_suits_is_named(tmp_path: Path) -> None:
    groups = {
        "big": small_group(top="optional: true\nmachine_memory_above: 8GiB"),
        "tiny": small_group(top="optional: true"),
    }
    project = write_project(tmp_path, stack_wood=small_stack("wood", "big"), **groups)
    message = (
        "machine_memory_above: big needs a machine with more than 8 192 MiB, but wood has 8 192 MiB; "
        "run tiny there, which fits"
    )
    assert faults_of(project) == [f"{place(project, 'big', 'machine_memory_above')}: {message}"]
    sandbox = small_stack("wood", "big").replace("config:\n", 'config:\n  fleet:stand_ins: "true"\n')
    assert_accepted(tmp_path / "stand-in", stack_wood=sandbox, **groups)


def test_an_optional_group_may_be_on_no_machine(tmp_path: Path) -> None:
    assert_accepted(tmp_path, owl=small_group(top="optional: true"))


def test_what_a_placed_group_needs_is_placed_too(tmp_path: Path) -> None:
    groups = {
        "owl": small_group(top="optional: true\nports: {main: {port: 8000, host_port: 8301}}"),
        "mouse": small_group(top="peers: [owl]\nstart_after: [owl]"),
    }
    project = write_project(tmp_path, stack_wood=small_stack("wood", "mouse"), **groups)
    problem = "owl runs on no machine, but is needed on wood; add owl to groups of a stack, or remove it here"
    assert faults_of(project) == [
        f"{place(project, 'mouse', 'peers')}: peers.0: {problem}",
        f"{place(project, 'mouse', 'start_after')}: start_after.0: {problem}",
    ]
