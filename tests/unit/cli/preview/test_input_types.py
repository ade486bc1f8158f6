"""Strictness: what an engine refuses and mocks forgive is refused by the offline plan, with name, path and fix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.preview.input_types import refusals
from cli.preview.recorder import SECRET
from policy.views.registered import UNKNOWN, Registered
from tests.unit.cli.running import fleet, write_program

CONTAINER = "docker:index/container:Container"


def make_resource(kind: str = CONTAINER, name: str = "ears", **inputs: Any) -> Registered:
    if kind == CONTAINER:
        inputs = {"image": "ears:1", **inputs}
    return Registered(kind, name, f"urn:pulumi:pi::fleet::{kind}::{name}", inputs=inputs)


def refused(**inputs: Any) -> list[str]:
    """What is refused of a container with these inputs, without its name and type."""
    return [fault.removeprefix(f"ears: {CONTAINER} ") for fault in refusals([make_resource(**inputs)])]


def test_a_container_with_all_kinds_of_inputs_is_taken() -> None:
    assert (
        refused(
            name="ears",
            memory=64,
            cpus="0.5",
            init=True,
            envs=["A=1"],
            tmpfs={"/tmp": "size=1m"},
            labels=[{"label": "a", "value": "b"}],
            healthcheck={"tests": ["CMD", "true"], "startPeriod": "5s", "retries": 3},
            capabilities={"drops": ["ALL"]},
            networksAdvanced=[{"name": UNKNOWN, "aliases": ["ears"]}],
            deviceRequests=[{"driver": "nvidia", "deviceIds": ["0"], "capabilities": ["gpu"]}],
        )
        == []
    )


def test_a_urn_registered_twice_is_refused() -> None:
    (fault,) = refusals([make_resource(), make_resource(), make_resource(name="eyes")])
    assert fault == (
        f"ears: registered 2 times under one URN (urn:pulumi:pi::fleet::{CONTAINER}::ears); give each its own name"
    )


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"memroy": 64}, "memroy: is not an input of the provider; did you mean memory?"),
        ({"memory_swap": 64}, "memory_swap: is not an input of the provider; did you mean memorySwap?"),
        (
            {"healthcheck": {"tests": ["CMD"], "intervall": "5s"}},
            "healthcheck.intervall: is not an input of the provider; did you mean interval?",
        ),
        (
            {"mounts": [{"type": "volume", "target": "/a", "volumeOptions": {"nocopy": True}}]},
            "mounts[0].volumeOptions.nocopy: is not an input of the provider; did you mean noCopy?",
        ),
        (
            {"ports": [{"internal": 80}, {"internal": 81, "extenal": 81}]},
            "ports[1].extenal: is not an input of the provider; did you mean external?",
        ),
    ],
)
def test_an_input_the_provider_does_not_know_is_refused_at_any_depth(inputs: dict[str, Any], said: str) -> None:
    assert refused(**inputs) == [said]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"memory": "notanint"}, "memory: 'notanint' is not of type int; correct it"),
        ({"memory": 1.5}, "memory: 1.5 is not of type int; correct it"),
        ({"memory": True}, "memory: True is not of type int; correct it"),
        ({"init": "yes"}, "init: 'yes' is not of type bool; correct it"),
        ({"cpus": 0.5}, "cpus: 0.5 is not of type str; correct it"),
        ({"envs": "A=1"}, "envs: 'A=1' is not of type a list; correct it"),
        ({"envs": ["A=1", 2]}, "envs[1]: 2 is not of type str; correct it"),
        ({"tmpfs": ["/tmp"]}, "tmpfs: ['/tmp'] is not of type a mapping; correct it"),
        ({"tmpfs": {"/tmp": 1}}, "tmpfs./tmp: 1 is not of type str; correct it"),
        ({"healthcheck": {"tests": [], "retries": "3"}}, "healthcheck.retries: '3' is not of type int; correct it"),
        ({"ports": [{"internal": "80"}]}, "ports[0].internal: '80' is not of type int; correct it"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_at_any_depth(inputs: dict[str, Any], said: str) -> None:
    assert refused(**inputs) == [said]


@pytest.mark.parametrize("value", ["notamapping", ["CMD", "true"], 3])
def test_a_block_that_is_no_block_is_refused(value: object) -> None:
    (fault,) = refused(healthcheck=value)
    assert fault.startswith("healthcheck: ")


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"image": None}, "image"),
        ({"uploads": [{"content": "x"}]}, "uploads[0].file"),
        ({"ports": [{"external": 80}]}, "ports[0].internal"),
        ({"labels": [{"label": "a"}]}, "labels[0].value"),
    ],
)
def test_a_required_input_that_is_missing_is_refused_at_any_depth(inputs: dict[str, Any], path: str) -> None:
    assert refused(**inputs) == [f"{path}: is required but missing; set it"]


@pytest.mark.parametrize("value", [UNKNOWN, SECRET])
def test_a_value_that_cannot_be_looked_at_is_taken(value: object) -> None:
    assert refused(image=value, memory=value, healthcheck=value, envs=[value]) == []


@pytest.mark.parametrize(
    "kind", ["docker:index/contaner:Contaner", "nosuch:index/thing:Thing", "pulumi:providers:nosuch"]
)
def test_a_type_of_no_installed_sdk_is_refused(kind: str) -> None:
    assert refusals([make_resource(kind)]) == [
        f"ears: no installed SDK has the type {kind}; install the provider's package"
    ]


def test_our_own_components_take_what_they_are_given() -> None:
    assert refusals([make_resource("fleet:docker:DockerMachine", machine="pi", anything=[1])]) == []


def test_every_fault_of_every_resource_is_reported() -> None:
    faults = refusals([make_resource(memroy=1, cpus=2), make_resource(name="eyes", image=None)])
    assert [fault.split(":")[0] for fault in faults] == ["ears", "ears", "eyes"]


PROVIDER = "pulumi:providers:docker"


def test_a_providers_inputs_travel_as_json_in_text() -> None:
    ssh_opts = json.dumps(["-o", "ControlMaster=auto"])
    auth = json.dumps([{"address": "ghcr.io", "username": "me", "password": SECRET}])
    provider = make_resource(PROVIDER, host="ssh://owner@pi", sshOpts=ssh_opts, registryAuth=auth)
    assert refusals([provider]) == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"hots": "ssh://pi"}, "hots: is not an input of the provider; did you mean host?"),
        ({"sshOpts": "-o ControlMaster=auto"}, "sshOpts: '-o ControlMaster=auto' is not of type a list; correct it"),
        ({"sshOpts": json.dumps(["-o", 1])}, "sshOpts[1]: 1 is not of type str; correct it"),
        (
            {"registryAuth": json.dumps([{"adress": "ghcr.io"}])},
            "registryAuth[0].adress: is not an input of the provider; did you mean address?",
        ),
        ({"disableDockerDaemonCheck": '"yes"'}, "disableDockerDaemonCheck: "),
    ],
)
def test_a_providers_wrong_inputs_are_refused(inputs: dict[str, Any], said: str) -> None:
    faults = refusals([make_resource(PROVIDER, **inputs)])
    assert faults[0].startswith(f"ears: {PROVIDER} {said}")


PROGRAM = """
from pathlib import Path
import pulumi, pulumi_docker as docker
from components import build
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack

project = load_project(Path(__file__).parent)
deployment = plan_stack(project.fleet, pulumi.get_stack())
build(deployment)
provider = docker.Provider("other", host="ssh://owner@pi")
options = pulumi.ResourceOptions(provider=provider)
{more}
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[docker.Volume('twice', opts=options) for _ in range(2)]", "twice: registered 2 times under one URN"),
        (
            "docker.Container('ears', image='e:1', healthcheck={'tests': ['CMD'], 'intervall': '5s'}, opts=options)",
            "healthcheck.intervall: is not an input of the provider; did you mean interval?",
        ),
        ("docker.Container('ears', image='e:1', memory='notanint', opts=options)", "memory: 'notanint' is not of type"),
        (
            "docker.Container('ears', image='e:1', ports=[{'external': 80}], opts=options)",
            "ports[0].internal: is required but missing; set it",
        ),
        (
            "class Odd(pulumi.CustomResource):\n  pass\nOdd('odd:index/thing:Thing', 'odd', {}, options)",
            "odd: no installed SDK has the type odd:index/thing:Thing",
        ),
    ],
)
def test_a_plan_refuses_what_the_mocks_let_pass(tmp_path: Path, more: str, said: str) -> None:
    project = write_program(tmp_path, main=PROGRAM.replace("{more}", more))
    answer = fleet(project, "plan", "pc2", "--no-policy")
    assert answer.code == 1
    assert answer.err.startswith("internal error: the Pulumi engine would reject this program:\n")
    assert said in answer.err


def test_a_program_with_more_resources_of_its_own_is_taken(tmp_path: Path) -> None:
    more = "docker.Container('ears', image='e:1', healthcheck={'tests': ['CMD'], 'interval': '5s'}, opts=options)"
    answer = fleet(write_program(tmp_path, main=PROGRAM.replace("{more}", more)), "plan", "pc2", "--no-policy")
    assert (answer.code, answer.err) == (0, "")
