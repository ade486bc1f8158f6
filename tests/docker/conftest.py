"""Fixtures of the docker level: the shipped fleet, deployed once onto two machines with a daemon each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from fleet.plan.deployment import Deployment
from tests.docker import lab
from tests.docker.lab import Machine, Outcome, load_agent_host, save_agent_host, two_machines
from tests.docker.project import STACKS, Project
from tests.docker.start_times import StartAlone, StartTime, StartTimes, table
from tests.levels import SECTIONS, need


@dataclass(frozen=True)
class Deployed:
    """A stack that runs on its machine."""

    machine: Machine
    file: Path
    """Its exported Compose file."""
    plan: Deployment
    times: Mapping[str, StartTime]

    @property
    def containers(self) -> tuple[str, ...]:
        """Names of all its containers, in start order."""
        return tuple(container.name for container in self.plan.containers)

    def compose(self, *arguments: str) -> Outcome:
        """Docker Compose on the exported file."""
        return self.machine.compose(self.file, *arguments)


@dataclass(frozen=True)
class DeployedFleet:
    """Both stacks on their machines, and the project they came from."""

    project: Project
    stacks: Mapping[str, Deployed]
    alone: dict[str, StartAlone] = field(default_factory=dict)
    """Container -> how it started by itself, once that was measured."""


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Machine]]:
    """The two machines, without any image or container."""
    need("docker", lab.missing())
    with ExitStack() as playing:
        try:
            yield playing.enter_context(two_machines(tmp_path_factory.mktemp("machines")))
        except lab.LabError as error:
            need("docker", str(error))


@pytest.fixture(scope="session")
def fleet(
    machines: Mapping[str, Machine], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[DeployedFleet]:
    """The shipped groups and stacks, exported and brought up: by one Compose a machine, both at the same time."""
    folder = tmp_path_factory.mktemp("fleet")
    project = Project(folder / "project", machines)
    image = folder / "agent-host.tar"
    save_agent_host(image)
    with ThreadPoolExecutor() as pool:
        deployed = pool.map(lambda stack: _deploy(project, stack, machines[stack], image), STACKS)
        fleet = DeployedFleet(project, dict(zip(STACKS, deployed, strict=True)))
    image.unlink()
    yield fleet
    sections = request.config.stash.setdefault(SECTIONS, {})
    sections["how long the containers took to start"] = list(table(_rows(fleet)))


def _deploy(project: Project, stack: str, machine: Machine, image: Path) -> Deployed:
    file = project.export(stack)
    asked = {service["image"] for service in yaml.safe_load(file.read_text())["services"].values()}
    load_agent_host(machine, image, asked)
    times = StartTimes(machine)
    outcome = machine.compose(file, "up", "--detach", "--wait")
    assert outcome.code == 0, outcome.text
    plan = project.plan(stack)
    return Deployed(machine, file, plan, times.collect(container.name for container in plan.containers))


def _rows(fleet: DeployedFleet) -> Iterator[tuple[str, int, str, StartTime, StartAlone | None]]:
    for stack, deployed in fleet.stacks.items():
        for group in deployed.plan.groups:
            for container in group.containers:
                name = container.name
                yield stack, group.wave, name, deployed.times[name], fleet.alone.get(name)
