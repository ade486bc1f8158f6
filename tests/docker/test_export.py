"""`fleet export compose` on a new machine: by the commands it prints, from no image to healthy containers.

Of mainpc, the agents' requirements are replaced by one small package: the real ones take an hour and 40 GB.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import docker
import pytest

from tests import daemon
from tests.docker import lab
from tests.docker.lab import ROOT, Machine, Outcome, fresh_machine
from tests.docker.project import Project
from tests.levels import need

NEWER = ROOT / ".state/lab/newer-docker"
"""Where tools/lab/newer-docker puts Docker 26."""

CLASSIC, BUILDKIT = {"DOCKER_BUILDKIT": "0"}, {"DOCKER_BUILDKIT": "1"}

_WITH_PIP = """
ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
"""
"""Like Python's own images: else each of mainpc's builds installs it."""


@pytest.fixture(scope="module")
def base() -> str | None:
    """The base of all images where the shipped one cannot be pulled."""
    need("docker", lab.missing())
    given = os.environ.get(daemon.BASE_VARIABLE)
    if given is None:
        return None
    tag = "fleet-test-base:with-pip"
    daemon.client().images.build(fileobj=BytesIO(_WITH_PIP.encode()), tag=tag, buildargs={"BASE": given}, rm=True)
    return tag


@pytest.fixture(params=["1.41", "1.45"])
def machine(
    request: pytest.FixtureRequest, base: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """A machine with Debian 12's Docker or Debian 13's, whose only image is the base of all others."""
    newer = request.param != "1.41"
    if newer:
        need("docker-newer", None if NEWER.is_dir() else "Docker 26 is missing; tools/lab/newer-docker downloads it")
    # Not `tmp_path`, whose name is too long for the daemon's sockets.
    with fresh_machine(tmp_path_factory.mktemp("fresh"), NEWER if newer else None) as machine:
        if base:
            machine.client.images.load(daemon.client().images.get(base).save(named=base))
        yield machine


@pytest.fixture
def project(machine: Machine, base: str | None, tmp_path: Path) -> Project:
    """The shipped project, with what its owner edits, and small requirements."""
    project = Project(tmp_path / "project", {"local": machine, "mainpc": machine})
    images = shutil.copytree(ROOT / "images", project.folder / "images")
    locks = sorted(images.glob("agent/locks/*.txt"))
    # An option, and the first package with its two hashes.
    package = "".join((images / "agent/locks/core-platform.txt").read_text().splitlines(keepends=True)[:4])
    for lock in locks:
        lock.write_text(package)
    for group in project.folder.glob("groups/*/*.yaml"):
        project.edit_group(group.stem, partial(_require_one, package.partition("==")[0].split()[-1]))
    if base:
        for stack in ("local", "mainpc"):
            project.edit_stack(stack, lambda config: config.update({"fleet:images": {"base": base}}))
    return project


@pytest.mark.parametrize("stack", ["local", "mainpc"])
def test_an_exported_stack_starts_on_a_new_machine_by_the_commands_it_names(
    stack: str, machine: Machine, project: Project
) -> None:
    # Each daemon with a builder of its time. Compose refuses Debian 13's buildx, unless the header is followed.
    if machine.client.version()["ApiVersion"] == "1.41":
        builder = CLASSIC
    else:
        builder = BUILDKIT if stack == "mainpc" else _with_old_buildx(project.folder)
    out = project.folder / "out"
    *builds, up = commands(project.fleet("export", "compose", stack, "--without-gpu", "-o", str(out)))
    plan = project.plan(stack)
    shutil.rmtree(machine.home / "binds", ignore_errors=True)
    for command in preparations(out / "compose.yaml"):
        machine.run("sh", "-c", command)
    for command in (*builds, up):
        outcome = run(machine, command, builder)
        assert outcome.code == 0, f"{shlex.join(command)}\n{outcome.text}"
    assert health(machine) == {container.name: "healthy" for container in plan.containers}
    ids = {container.id for container in machine.client.containers.list()}
    assert run(machine, up, builder).code == 0
    assert {container.id for container in machine.client.containers.list()} == ids, "a second `up` replaced containers"
    assert run(machine, [*up[: up.index("up")], "down"], builder).code == 0
    volumes = {volume.name for volume in machine.client.volumes.list()}
    assert volumes >= {volume.name for volume in plan.volumes.values()}, "`down` removed volumes"
    assert not machine.client.containers.list(all=True)


def _require_one(package: str, group: dict[str, Any]) -> None:
    for container in group.get("containers", {}).values():
        if (container.get("build") or {}).get("requirements"):
            container["build"]["requirements"] = [package]


def _with_old_buildx(folder: Path) -> dict[str, str]:
    """The variables of a user whose Docker has the plugin of Debian 13."""
    config = folder / "docker"
    shutil.copytree(NEWER / "cli-plugins", config / "cli-plugins")
    return {"DOCKER_CONFIG": str(config), **CLASSIC}


def commands(printed: str) -> list[list[str]]:
    """The commands that an export prints, as words."""
    return [shlex.split(line) for line in printed.splitlines() if line.startswith("  docker ")]


def preparations(file: Path) -> list[str]:
    """The commands of a header that create folders; root needs no sudo."""
    prefix = "#   sudo "
    return [line.removeprefix(prefix) for line in file.read_text().splitlines() if line.startswith(prefix)]


def run(machine: Machine, command: list[str], env: dict[str, str]) -> Outcome:
    """Runs a printed command; here Compose may be a program of its own."""
    *address, compose, option, file = command[:6]
    assert address == ["docker", "--host", machine.connection]
    assert (compose, option) == ("compose", "-f")
    return machine.compose(Path(file), *command[6:], **env)


def health(machine: Machine) -> dict[str, str]:
    """Container name -> its health."""
    running: list[docker.models.containers.Container] = machine.client.containers.list()
    return {str(container.name): container.attrs["State"]["Health"]["Status"] for container in running}
