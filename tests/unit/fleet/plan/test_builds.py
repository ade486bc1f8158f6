"""Images built from a folder of the project: named like it, tagged by its content, built after what they stand on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.image_digests import image_bases, image_contents
from fleet.model import Container
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.builders import (
    ROOT,
    assert_accepted,
    assert_refused,
    container,
    small_group,
    small_stack,
)
from tests.unit.fleet.models import make_container, problem

FILES = {
    "images/agent-host/Dockerfile": "FROM scratch",
    "images/node/Dockerfile": "ARG BASE=node:22\nFROM ${BASE}",
    "images/web/Dockerfile": "ARG BASE=fleet.local/node:1\nFROM ${BASE}",
    "images/web/serve.sh": "exec web",
    "images/alone/Dockerfile": "FROM scratch",
}
PROBE = "health: {command: [probe]}"
WEB = small_group(image="build: {context: images/web}", main=PROBE)


def _images(folder: Path, **changes: str) -> Path:
    for name, text in {**FILES, **changes}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _plan(folder: Path, *, images: str = "", **groups: str) -> Deployment:
    stack = small_stack("wood", *groups)
    text = stack.replace("config:\n", f"config:\n{images}", 1)
    return plan_stack(assert_accepted(_images(folder), stack_wood=text, **groups).fleet, "wood")


def test_an_image_is_named_like_its_folder_and_tagged_by_its_content(tmp_path: Path) -> None:
    plan = _plan(tmp_path, owl=WEB)
    digest = image_contents(tmp_path)["web"]
    assert re.fullmatch(r"[0-9a-f]{12}", digest)
    assert container(plan, "owl").image == f"fleet.local/web:0.1.0-{digest}"


@pytest.mark.parametrize(
    ("changed", "others"),
    [
        ("images/web/serve.sh", {"web"}),
        ("images/node/Dockerfile", {"node", "web"}),
        ("images/alone/new", {"alone"}),
    ],
)
def test_a_tag_changes_with_the_content_and_with_what_it_is_built_on(
    tmp_path: Path, changed: str, others: set[str]
) -> None:
    before = image_contents(_images(tmp_path))
    text = FILES.get(changed, "") + "\n# changed"
    after = image_contents(_images(tmp_path, **{changed: text}))
    assert {name for name in after if after[name] != before[name]} == others


def test_what_it_stands_on_is_built_first_and_given_to_it(tmp_path: Path) -> None:
    node, web = _plan(tmp_path, owl=WEB).builds
    assert (node.name, node.context, node.target, dict(node.arguments), node.needs) == (
        "node", "images/node", "", {}, None,
    )  # fmt: skip
    assert (web.name, web.context, dict(web.arguments), web.needs) == (
        "web",
        "images/web",
        {"BASE": node.image},
        "node",
    )


def test_groups_that_share_a_folder_share_its_image(tmp_path: Path) -> None:
    plan = _plan(tmp_path, owl=WEB, owlet="extends: owl\n")
    assert container(plan, "owl").image == container(plan, "owlet").image
    assert [build.name for build in plan.builds] == ["node", "web"]


def test_a_base_from_elsewhere_can_be_another(tmp_path: Path) -> None:
    node, _ = _plan(tmp_path, images="  fleet:images: {bases: {node: 'mine:1'}}\n", owl=WEB).builds
    assert dict(node.arguments) == {"BASE": "mine:1"}


def test_a_registry_has_it_under_the_folders_name(tmp_path: Path) -> None:
    plan = _plan(tmp_path, images="  fleet:images: {registry: ghcr.io/me, tag: '2'}\n", owl=WEB)
    assert container(plan, "owl").image == "ghcr.io/me/web:2"
    assert plan.builds == ()


def test_agents_without_packages_run_in_the_agent_hosts_image(tmp_path: Path) -> None:
    plan = _plan(tmp_path, owl=small_group(main="agents: {Owl: {}}"))
    assert container(plan, "owl").image == f"fleet.local/agent-host:0.1.0-{image_contents(tmp_path)['agent-host']}"
    assert [build.name for build in plan.builds] == ["agent-host"]
    own = _plan(tmp_path, images="  fleet:images: {registry: ghcr.io/me}\n", owl=small_group(main="agents: {Owl: {}}"))
    assert container(own, "owl").image == "ghcr.io/me/owl:0.1.0"


def test_a_stand_in_takes_its_place_with_its_ports_and_its_health(tmp_path: Path) -> None:
    group = small_group(
        top="ports: {main: {port: 3000}, more: {port: 3001}}",
        image="build: {context: images/web}",
        main="health: {port: 3000, command: [probe]}",
    )
    found = container(_plan(tmp_path, images='  fleet:stand_ins: "true"\n', owl=group), "owl")
    assert found.image.startswith("fleet.local/agent-host:")
    assert found.health.test == ("python3", "-m", "agent_host.health")
    assert (found.env["FLEET_PORT"], found.env["FLEET_PORTS"]) == ("3000", '{"main":3000,"more":3001}')
    assert found.env["FLEET_LOOPBACK_PORT"] == "3002"
    assert found.env["FLEET_AGENTS"] == "{}"
    assert found.labels["fleet.self-healing"] == "true"


def test_a_folder_without_a_dockerfile_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.build.context: images/wep has no Dockerfile; use one of images/alone, images/node, images/web"
    )
    group = small_group(image="build: {context: images/wep}", main=PROBE)
    assert_refused(_images(tmp_path), "owl", "context", message, owl=group, stack_wood=small_stack("wood", "owl"))


def test_an_image_of_a_folder_needs_a_health_command_on_docker(tmp_path: Path) -> None:
    message = (
        "containers.main.health: not supported on wood (docker): HTTP health checks without the agent host; "
        "Docker runs health checks inside the container, and the image may have no HTTP client; set health.command"
    )
    group = small_group(image="build: {context: images/web}")
    stack = small_stack("wood", "owl")
    assert_refused(_images(tmp_path), "owl", "  main:", message, owl=group, stack_wood=stack)


def test_a_folder_and_requirements_exclude_each_other() -> None:
    said = problem(make_container, build={"context": "images/web", "requirements": ["rq"]})
    assert "context and requirements exclude each other" in said


def test_a_folder_may_use_a_card() -> None:
    gpu = {"request": "1GiB", "limit": "2GiB", "enforcement": "framework"}
    assert isinstance(make_container(build={"context": "images/web"}, gpu=gpu), Container)


def test_the_shipped_folders_stand_on_each_other_as_their_dockerfiles_say() -> None:
    assert image_bases(ROOT) == {"agentdb": None, "agentic-flow": None, "mcp": "agentic-flow", "swarm": "agentic-flow"}


def test_images_that_name_each_other_as_base_end(tmp_path: Path) -> None:
    circle = {
        "images/node/Dockerfile": "ARG BASE=fleet.local/web:1\nFROM ${BASE}",
        "images/web/Dockerfile": "ARG BASE=fleet.local/node:1\nFROM ${BASE}",
    }
    assert image_contents(_images(tmp_path, **circle)).keys() >= {"node", "web"}
