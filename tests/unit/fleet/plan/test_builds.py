"""Images built from a folder of the project: named like it, tagged by its content, built after what they stand on."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from fleet.image_digests import own_base
from fleet.load.project import load_project
from fleet.model import Container
from fleet.plan.deployment import Deployment, PackageLayer
from fleet.plan.planner import plan_stack
from tests.unit.builders import (
    ROOT,
    assert_accepted,
    assert_refused,
    container,
    planned,
    small_group,
    small_stack,
    write_locks,
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


def test_an_image_is_named_like_its_folder_and_tagged_by_its_build(tmp_path: Path) -> None:
    assert re.fullmatch(r"fleet\.local/web:0\.1\.0-[0-9a-f]{12}", container(_plan(tmp_path, owl=WEB), "owl").image)


def test_what_it_is_built_on_is_built_first_and_passed_to_it(tmp_path: Path) -> None:
    node, web = _plan(tmp_path, owl=WEB).builds
    assert (node.name, node.context, node.target, dict(node.arguments), node.needs, node.bases) == (
        "node", "images/node", "", {"BASE": "node:22"}, None, ("node:22",),
    )  # fmt: skip
    assert (web.name, web.context, dict(web.arguments), web.needs, web.bases) == (
        "web", "images/web", {"BASE": node.image}, "node", (),
    )  # fmt: skip


def test_any_image_of_the_project_can_be_a_base(tmp_path: Path) -> None:
    """The agent host, one with packages, or one of a folder."""
    lock = {"images/agent/locks/owl.txt": "rq==1"}
    for base, chain in (
        ("agent-host", ["agent-host", "web"]),
        ("owl", ["agent-host", "owl", "web"]),
        ("node", ["node", "web"]),
    ):
        dockerfile = f"ARG BASE=fleet.local/{base}:1\nFROM ${{BASE}}"
        folder = write_locks(_images(tmp_path / base, **lock, **{"images/web/Dockerfile": dockerfile}))
        fleet = assert_accepted(folder, stack_wood=small_stack("wood", "kite"), kite=WEB).fleet
        builds = plan_stack(fleet, "wood").builds
        assert [build.name for build in builds] == chain, base
        for below, above in pairwise(builds):
            assert (above.needs, above.arguments["BASE"]) == (below.name, below.image), base


@pytest.mark.parametrize(
    ("changes", "others"),
    [
        ({}, set()),
        ({"images/web/serve.sh": "exec other"}, {"web"}),
        ({"images/web/more.sh": "exec other"}, {"web"}),
        ({"images/node/Dockerfile": "ARG BASE=node:22\nFROM ${BASE}\n# changed"}, {"node", "web"}),
        ({"images/alone/new": ""}, set()),
        ({"base": "python:3.13"}, {"agent-host"}),
        ({"bases": "node: 'node:24'"}, {"node", "web"}),
        ({"bases": "node: 'node:22-slim'"}, {"node", "web"}),
        ({"bases": "web: 'node:22'"}, {"web"}),
        ({"arch": "arm64"}, {"agent-host", "node", "web"}),
    ],
)
def test_a_tag_changes_with_all_that_a_build_is_made_of(
    tmp_path: Path, changes: dict[str, str], others: set[str]
) -> None:
    def images(
        folder: Path, *, base: str = "python:3", bases: str = "", arch: str = "amd64", **files: str
    ) -> dict[str, str]:
        settings = f"config:\n  fleet:images: {{base: '{base}', bases: {{{bases}}}}}\n"
        text = small_stack("wood", "owl", "kite", arch=arch).replace("config:\n", settings, 1)
        kite = small_group(main="agents: {Kite: {}}")
        fleet = assert_accepted(_images(folder, **files), stack_wood=text, owl=WEB, kite=kite).fleet
        return {build.name: build.image for build in plan_stack(fleet, "wood").builds}

    before, after = images(tmp_path / "before"), images(tmp_path / "after", **changes)
    assert after.keys() >= {"agent-host", "web"}
    assert {name for name in after if after[name] != before[name]} == others


def test_a_variant_changes_the_tag(tmp_path: Path) -> None:
    """An image with the same lock for the CPU and for CUDA."""
    lock = {"images/agent/locks/owl.txt": "rq==1"}
    found = set()
    gpu = "gpu: {request: 1GiB, limit: 2GiB, enforcement: framework}"
    for variant, budget in (("cpu", ""), ("cuda", gpu)):
        build = f"build: {{variant: {variant}, requirements: [rq]}}"
        group = small_group(image=build, main=f"agents: {{Owl: {{}}}}\n{budget}")
        card = "{card: {model: RTX 4090, memory: 24GiB}}"
        folder = write_locks(_images(tmp_path / variant, **lock))
        fleet = assert_accepted(folder, stack_wood=small_stack("wood", "owl", gpus=card), owl=group).fleet
        planned = plan_stack(fleet, "wood").builds[-1]
        assert planned.target == variant
        found.add(planned.image)
    assert len(found) == 2


def test_groups_that_share_a_folder_share_its_image(tmp_path: Path) -> None:
    plan = _plan(tmp_path, owl=WEB, owlet="extends: owl\n")
    assert container(plan, "owl").image == container(plan, "owlet").image
    assert [build.name for build in plan.builds] == ["node", "web"]


def test_a_base_from_elsewhere_can_be_another(tmp_path: Path) -> None:
    node, _ = _plan(tmp_path, images="  fleet:images: {bases: {node: 'mine:1'}}\n", owl=WEB).builds
    assert (dict(node.arguments), node.bases) == ({"BASE": "mine:1"}, ("mine:1",))


def test_a_base_from_elsewhere_replaces_one_of_the_project(tmp_path: Path) -> None:
    (web,) = _plan(tmp_path, images="  fleet:images: {bases: {web: 'mine:1'}}\n", owl=WEB).builds
    assert (dict(web.arguments), web.needs, web.bases) == ({"BASE": "mine:1"}, None, ("mine:1",))


def test_a_registry_has_it_under_the_folders_name(tmp_path: Path) -> None:
    plan = _plan(tmp_path, images="  fleet:images: {registry: ghcr.io/me, tag: '2'}\n", owl=WEB)
    assert container(plan, "owl").image == "ghcr.io/me/web:2"
    assert plan.builds == ()


def test_agents_without_packages_run_in_the_agent_hosts_image(tmp_path: Path) -> None:
    plan = _plan(tmp_path, owl=small_group(main="agents: {Owl: {}}"))
    assert [(build.name, build.image) for build in plan.builds] == [("agent-host", container(plan, "owl").image)]
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
        "containers.main.build.context: images/wep has no Dockerfile; "
        "use one of images/agent-host, images/alone, images/node, images/web"
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


def test_the_shipped_folders_are_built_on_what_their_dockerfiles_say() -> None:
    found = {name: own_base(dockerfile) for name, dockerfile in load_project(ROOT).fleet.dockerfiles.items()}
    assert found == {
        "agent": "agent-host", "agent-host": None, "agentdb": None, "agentic-flow": None,
        "mcp": "agentic-flow", "swarm": "agentic-flow",
    }  # fmt: skip


LOCKS = {
    "images/agent/locks/owl.txt": "# base: torch\nidna==3",
    "images/agent/locks/kite.txt": "# base: torch\nrq==1",
    "images/agent/locks/torch.txt": "torch==2",
    "images/agent/locks/sizes.json": (
        '{"torch": {"amd64": {"download": 30, "disk": 50}}, "owl": {"amd64": {"download": 1, "disk": 2}}}'
    ),
}
PACKAGES = {
    "owl": small_group(image="build: {requirements: [idna, torch]}"),
    "kite": small_group(image="build: {requirements: [rq, torch]}"),
}


def _with_locks(folder: Path, settings: str = "", **changes: str) -> Deployment:
    stack = small_stack("wood", *PACKAGES).replace("config:\n", f"config:\n{settings}", 1)
    folder.mkdir(exist_ok=True)
    shipped = (ROOT / "images/agent-host/Dockerfile").read_text()
    images = _images(write_locks(folder), **{"images/agent-host/Dockerfile": shipped, **LOCKS, **changes})
    fleet = assert_accepted(images, stack_wood=stack, **PACKAGES).fleet
    return plan_stack(fleet, "wood")


def test_packages_that_images_share_are_built_once_below_them(tmp_path: Path) -> None:
    host, torch, kite, owl = sorted(_with_locks(tmp_path).builds, key=lambda build: (build.needs or "", build.name))
    assert (host.name, host.needs) == ("agent-host", None)
    assert (torch.name, torch.needs, torch.target, dict(torch.arguments)) == (
        "torch", "agent-host", "packages", {"BASE": host.image, "LOCK": "torch"},
    )  # fmt: skip
    for build in (owl, kite):
        assert (build.needs, build.target, dict(build.arguments)) == (
            "torch", "cpu", {"BASE": torch.image, "LOCK": build.name},
        )  # fmt: skip
    order = [build.name for build in _with_locks(tmp_path).builds]
    assert order.index("agent-host") < order.index("torch") < min(order.index("owl"), order.index("kite"))


def test_a_change_of_shared_packages_changes_the_tags_of_the_images_on_them(tmp_path: Path) -> None:
    before = {build.name: build.image for build in _with_locks(tmp_path / "a").builds}
    changed = {"images/agent/locks/torch.txt": "torch==3"}
    after = {build.name: build.image for build in _with_locks(tmp_path / "b", **changed).builds}
    assert {name for name in after if after[name] != before[name]} == {"torch", "owl", "kite"}


def test_shared_packages_are_in_every_image_and_once_in_the_sum(tmp_path: Path) -> None:
    plan = _with_locks(tmp_path)
    torch, own = PackageLayer("torch", 30, 50), PackageLayer("owl", 1, 2)
    layers = {reference.partition(":")[0]: found for reference, found in plan.layers.items()}
    # Nobody measured kite's own.
    assert layers == {"fleet.local/owl": (torch, own), "fleet.local/kite": (torch,)}
    assert set(plan.distinct_layers) == {torch, own}
    pulled = _with_locks(tmp_path, settings="  fleet:images: {registry: ghcr.io/me}\n")
    assert {reference for reference, found in pulled.layers.items() if torch in found} == {
        "ghcr.io/me/owl:0.1.0", "ghcr.io/me/kite:0.1.0",
    }  # fmt: skip
    assert _with_locks(tmp_path, settings='  fleet:stand_ins: "true"\n').layers == {}


def test_the_shipped_groups_with_pytorch_share_two_sets() -> None:
    fleet = load_project(ROOT).fleet
    found = {
        (build.name, build.needs, build.target) for stack in ("mainpc", "pc2") for build in planned(stack, fleet).builds
    }
    on = {(name, needs) for name, needs, _ in found if needs and needs != "agent-host"}
    assert on == {
        ("memory-stack", "torch"), ("language-stack-gpu", "torch"), ("reasoning-gpu", "torch"),
        ("utility-gpu", "torch"), ("vision-dream-gpu", "torch"), ("memory-reasoning-gpu", "torch"),
        ("model-manager-gpu", "torch-2-3"), ("vision-gpu", "torch-2-3"),
    }  # fmt: skip
    assert {("torch", "agent-host", "packages"), ("vision-gpu", "torch-2-3", "cuda")} <= found


READY = "image: {reference: 'registry.example/redis:7', platforms: [amd64]}"


def test_a_ready_image_runs_as_itself_in_a_sandbox(tmp_path: Path) -> None:
    """With its command, environment, health check and secrets; small, and without devices."""
    main = "command: [serve]\nenv: {MODE: quick}\nsecrets: [hub-token]\nhealth: {command: [/bin/ready]}"
    text = small_group(top="optional: true", image=READY, main=main)
    text = text.replace("memory: {request: 64MiB}", "memory: {request: 2GiB, limit: 3GiB}")
    stack = small_stack("wood", "owl").replace("config:\n", "config:\n  fleet:sandbox: 'true'\n", 1)
    plan = plan_stack(assert_accepted(_images(tmp_path), stack_wood=stack, owl=text).fleet, "wood")
    found = container(plan, "wood-owl")
    assert (found.image, found.command, found.secrets) == ("registry.example/redis:7", ("serve",), ("hub-token",))
    assert found.health.test == ("/bin/ready",)
    assert (found.env["MODE"], found.env["HUB_TOKEN_FILE"]) == ("quick", "/run/secrets/hub-token")
    assert not {name for name in found.env if name.startswith("FLEET_")}
    assert "fleet.self-healing" not in found.labels
    assert (found.labels["fleet.image.platforms"], found.memory_cap_mib) == ("amd64", 256)
    assert plan.builds == ()


def test_a_ready_image_with_agents_has_a_stand_in(tmp_path: Path) -> None:
    text = small_group(image=READY, main="agents: {Owl: {}}\nhealth: {command: [/bin/ready]}")
    plan = _plan(tmp_path, images="  fleet:stand_ins: 'true'\n", owl=text)
    assert container(plan, "owl").image == plan.builds[0].image
    assert container(plan, "owl").env["FLEET_STAND_IN"] == "true"


def test_stand_ins_write_a_volume_that_only_they_mount(tmp_path: Path) -> None:
    """One that a ready image writes is backed up as its group states."""
    sidecar = (
        "\n  cache:\n    image: {reference: 'registry.example/redis:7'}\n    memory: {request: 64MiB}\n"
        "    cpu: {request: 100m, limit: 100m}\n    health: {command: [/bin/ready]}\n"
        "    mounts: {kept: {path: /data}}\n"
    )
    volume = "{kind: data, writers: many, backup: {by: restic, schedule: '30 3 * * *'}}"
    text = small_group(top=f"volumes: {{kept: {volume}}}", main="agents: {Owl: {}}\nmounts: {kept: {path: /data}}")
    for added, statement in (("", "none, stand-ins write it"), (sidecar, "30 3 * * * by restic")):
        folder = tmp_path / (statement[:4].strip())
        plan = _plan(folder, images="  fleet:stand_ins: 'true'\n", owl=text + added)
        assert container(plan, "owl").labels["fleet.backups"] == f"wood-kept: {statement}"
