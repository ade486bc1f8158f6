"""`fleet export compose`: the same deployment, for Docker Compose."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.docker.compose_images import build_steps
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests.unit.builders import ROOT, STACKS, planned
from tests.unit.cli.running import fleet, shipped, write_program


def compose(stack: str) -> dict[str, Any]:
    answer = shipped("export", "compose", stack)
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = yaml.safe_load(answer.out)
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_an_exported_stack_has_the_same_containers_volumes_and_network(stack: str) -> None:
    plan, found = planned(stack), compose(stack)
    started = [name for name, service in found["services"].items() if "profiles" not in service]
    assert started == [container.name for container in plan.containers]
    assert set(found["volumes"]) == {volume.name for volume in plan.volumes.values()}
    assert set(found["networks"]) == {plan.machine.network.name}


def test_an_exported_service_is_as_hardened_and_bounded() -> None:
    services = compose("mainpc")["services"]
    for container in planned("mainpc").containers:
        service = services[container.name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["user"] == "10001:10001"
        assert service["mem_limit"] == service["memswap_limit"] == f"{container.memory_cap_mib}m"
        assert service["environment"] == dict(container.env)
        assert service["container_name"] == container.name


def test_exported_waves_wait_for_health() -> None:
    services = compose("mainpc")["services"]
    assert services["memory-stack"]["depends_on"] == {"core-platform": {"condition": "service_healthy"}}
    assert "depends_on" not in services["core-platform"]


def test_a_dollar_sign_reaches_the_agent_unexpanded(tmp_path: Path) -> None:
    change = (ROOT / "groups/assistant/tutor-suite-cpu.yaml").read_text() + "    env: {PRICE: 5$USD}\n"
    answer = fleet(write_program(tmp_path, tutor_suite_cpu=change), "export", "compose", "pc2")
    assert yaml.safe_load(answer.out)["services"]["tutor-suite-cpu"]["environment"]["PRICE"] == "5$$USD"


def test_an_export_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(tmp_path / "deep" / "down"))
    assert answer.code == 0
    text = (tmp_path / "deep" / "down" / "compose.yaml").read_text(encoding="utf-8")
    assert text == shipped("export", "compose", "local").out


def test_an_export_does_not_replace_that_of_another_stack(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert fleet(ROOT, "export", "compose", "pc2", "-o", str(folder)).code == 0
    before = (folder / "compose.yaml").read_bytes()
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(folder))
    fix = "choose another path with -o, or remove it"
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"{folder / 'compose.yaml'}: exported from another stack, so not overwritten; {fix}\n"
    assert (folder / "compose.yaml").read_bytes() == before
    assert fleet(ROOT, "export", "compose", "pc2", "--without-gpu", "-o", str(folder)).code == 0


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = fleet(ROOT, "export", "compose", "local", "-o", str(tmp_path / "file"))
    assert (answer.code, answer.out) == (2, "")
    assert "cannot be written" in answer.err


def test_every_image_of_a_new_machine_is_built_once_and_after_its_base() -> None:
    shipped_fleet = load_project(ROOT).fleet
    for stack in STACKS:
        services, plan = compose(stack)["services"], plan_stack(shipped_fleet, stack)
        built = [service["image"] for service in services.values() if "build" in service]
        local = {service["image"] for service in services.values() if service["image"].startswith("fleet.local/")}
        assert sorted(built) == sorted({*local, *(build.image for build in plan.builds)}), stack
        before = {name for step in build_steps(plan) for name in step}
        assert before == {name for name, service in services.items() if service.get("profiles") == ["images"]}, stack
        bases = {services[name]["image"] for name in before}
        for name, service in services.items():
            base = service.get("build", {}).get("args", {}).get("BASE", "")
            assert name in before or not base.startswith("fleet.local/") or base in bases, (stack, name)


def test_an_image_that_nobody_can_build_is_the_agent_host_until_the_owner_has_one() -> None:
    services = compose("mainpc")["services"]
    [(image, reason)] = planned("mainpc").unbuilt.items()
    assert (services["audio-emotion"]["image"], services["audio-emotion"]["pull_policy"]) == (image, "never")
    assert services["audio-emotion"]["build"] == services["image.agent-host"]["build"]
    note = f"stand-ins run in place of {image} until the machine has your image of that name ({reason})"
    assert f"#   {note}\n" in shipped("export", "compose", "mainpc").out


def test_images_of_a_registry_are_pulled_and_not_built(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.pc2.yaml").read_text()
    changed = text.replace("  fleet:groups:", "  fleet:images: {registry: ghcr.io/owner}\n  fleet:groups:")
    answer = fleet(
        write_program(tmp_path / "project", pc2=changed), "export", "compose", "pc2", "-o", str(tmp_path / "out")
    )
    text = (tmp_path / "out/compose.yaml").read_text()
    assert "ghcr.io/owner" in text
    assert "build" not in text
    assert "pull_policy" not in text
    assert len(answer.out.splitlines()) == 2
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["compose.yaml"]


def test_an_export_copies_what_its_builds_read_and_deletes_what_is_gone(tmp_path: Path) -> None:
    project, out = tmp_path / "project", tmp_path / "out"
    write_program(project)
    shutil.copytree(ROOT / "images", project / "images", dirs_exist_ok=True)
    program = project / "images/agent-host/start.sh"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    fleet(project, "export", "compose", "local", "-o", str(out))
    copied = out / "images/agent-host/start.sh"
    assert copied.stat().st_mode & 0o777 == 0o755
    assert {folder.name for folder in (out / "images").iterdir()} == {"agent-host"}
    for name in ("Dockerfile", ".dockerignore", "requirements.txt"):
        assert (out / "images/agent-host" / name).read_bytes() == (ROOT / "images/agent-host" / name).read_bytes()
    program.unlink()
    (out / "images/agent-host/mine").write_text("")
    fleet(project, "export", "compose", "local", "-o", str(out))
    assert not copied.exists()
    assert (out / "images/agent-host/mine").exists()


def test_an_export_into_the_project_copies_nothing(tmp_path: Path) -> None:
    project = write_program(tmp_path / "project")
    shutil.copytree(ROOT / "images", project / "images", dirs_exist_ok=True)
    assert fleet(project, "export", "compose", "local", "-o", ".").code == 0
    assert (project / "images/agent-host/Dockerfile").read_bytes()
    assert not (project / ".fleet-export").exists()


def test_the_header_names_the_commands_for_what_a_new_machine_lacks(tmp_path: Path) -> None:
    change = (
        (ROOT / "groups/assistant/tutor-suite-cpu.yaml")
        .read_text()
        .replace("  main:\n", "  main:\n    secrets: [tutor-key]\n", 1)
    )
    project = write_program(tmp_path, tutor_suite_cpu=change)
    answer = fleet(project, "export", "compose", "pc2")
    header = [line for line in answer.out.splitlines() if line.startswith("#")]
    install = "#   sudo install"
    for need in ("Docker API 1.44", "12 CPUs and 32 GiB", "the address 192.168.1.20", "the NVIDIA driver"):
        assert any(line.startswith(f"#   {need}") for line in header), need
    assert f"{install} -d -o 10001 -g 10001 -m 0770 /data/logs" in header
    assert f"{install} -D -o 10001 -g 10001 -m 0400 /dev/stdin /srv/fleet/secrets/tutor-key" in header
    assert header[-1] == "#   docker --host ssh://owner@192.168.1.20 compose up --wait"
    mounts = yaml.safe_load(answer.out)["services"]["tutor-suite-cpu"]["volumes"]
    [secret] = [mount for mount in mounts if mount["type"] == "bind"]
    assert secret["bind"] == {"create_host_path": False}


def test_the_printed_commands_are_those_of_the_header(tmp_path: Path) -> None:
    file = tmp_path / "out of the way" / "compose.yaml"
    printed = fleet(ROOT, "export", "compose", "mainpc", "-o", str(file.parent)).out
    commands = [line.strip() for line in printed.splitlines()[1:]]
    assert [command.replace(f" -f '{file}'", "") for command in commands] == [
        line.removeprefix("#   ") for line in file.read_text().splitlines() if line.startswith("#   docker ")
    ]
    assert [command.split("' ")[1] for command in commands] == [
        "build image.agent-host",
        "build image.torch image.torch-2-3",
        "up --wait",
    ]


def test_an_export_without_gpus_says_who_goes_without() -> None:
    answer = shipped("export", "compose", "pc2", "--without-gpu")
    assert answer.code == 0
    assert "memory-reasoning-gpu, vision-dream-gpu" in answer.err
    assert "nvidia" not in answer.out
