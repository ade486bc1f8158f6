"""Times the engine bringing up MainPC's groups with stand-ins: our program against a bare hand-written one.

Both programs have the same image, agent host settings, health check and waves. The bare one waits with the Docker
provider's `wait`, and has one network but no limits, hardening, volumes or ports. They run in turn, from an empty
stack, on a separate Docker daemon (tools/lab/two-machines).
"""

from __future__ import annotations

import json
import shutil
import statistics
from pathlib import Path
from typing import Any

import yaml

from benchmarks.bring_up import WAITS_FOR, WAVES
from benchmarks.projects import pulumi_yaml
from benchmarks.timing import Command, pulumi, seconds
from components.docker.render import render_container, render_network
from fleet.plan.deployment import Deployment
from tests.docker.lab import ROOT, LabError, Machine, load_agent_host, missing, save_agent_host, two_machines
from tests.docker.project import Project

STACK = "mainpc"
RUNS = 3
RATIO = 0.8
WAIT_S = 120

_BARE_PROGRAM = '''
"""MainPC's containers in their waves, by the Docker provider alone."""

import json
from pathlib import Path

import pulumi
import pulumi_docker as docker

data = json.loads((Path(__file__).parent / "containers.json").read_text())
provider = docker.Provider("daemon", host=data["host"])
opts = pulumi.ResourceOptions(provider=provider)
network = docker.Network("network", **data["network"], opts=opts)

made = {}
for name, container in data["containers"].items():
    made[name] = docker.Container(
        name,
        name=name,
        image=container["image"],
        envs=container["envs"],
        healthcheck=container["healthcheck"],
        networks_advanced=[{"name": network.name, "aliases": [name]}],
        wait=True,
        wait_timeout=data["wait_s"],
        opts=pulumi.ResourceOptions.merge(
            opts, pulumi.ResourceOptions(depends_on=[made[earlier] for earlier in container["after"]])
        ),
    )
'''


class NotMeasuredError(Exception):
    """Nothing was measured; the message is the reason."""


def bring_up(folder: Path) -> dict[str, float]:
    """Median wall seconds of `pulumi up` of an empty stack: `ours` and `bare`.

    Raises NotMeasuredError without the engine, its provider or the lab's Docker daemons.
    """
    lack = "pulumi is not on PATH" if shutil.which("pulumi") is None else missing(compose=False)
    if lack:
        raise NotMeasuredError(lack)
    try:
        with two_machines(folder) as machines:
            machine, project = machines[STACK], Project(folder / "project", machines)
            plan = _ours(project)
            _load_images(folder, machine, {container.image for container in plan.containers})
            bare = _bare(folder / "bare", plan)
            return _medians({"ours": (project.folder, STACK), "bare": (bare, "bare")})
    except LabError as error:
        raise NotMeasuredError(str(error)) from error


def _ours(project: Project) -> Deployment:
    shutil.copy(ROOT / "__main__.py", project.folder)
    pulumi_yaml(project.folder)
    file = project.folder / f"Pulumi.{STACK}.yaml"
    text = yaml.safe_load(file.read_text())
    # The images are loaded beforehand, so that no time is spent on pulls or builds.
    text["config"] |= {"fleet:stand_ins": "true", "fleet:images": {"registry": "lab.invalid"}}
    file.write_text(yaml.safe_dump(text, sort_keys=False))
    return project.plan(STACK)


def _load_images(folder: Path, machine: Machine, names: set[str]) -> None:
    archive = folder / "agent-host.tar"
    save_agent_host(archive)
    load_agent_host(machine, archive, names)
    archive.unlink()


def _bare(folder: Path, plan: Deployment) -> Path:
    rendered = {container.name: render_container(container, plan) for container in plan.containers}
    containers: dict[str, Any] = {}
    for wave, names in enumerate(WAVES):
        for name in names:
            taken = {key: rendered[name][key] for key in ("image", "envs", "healthcheck")}
            containers[name] = {**taken, "after": [WAITS_FOR[wave]] if wave else []}
    data = {
        "host": plan.machine.connection,
        "network": render_network(plan.machine.network),
        "wait_s": WAIT_S,
        "containers": containers,
    }
    folder.mkdir()
    (folder / "containers.json").write_text(json.dumps(data))
    (folder / "__main__.py").write_text(_BARE_PROGRAM)
    pulumi_yaml(folder)
    return folder


def _medians(programs: dict[str, tuple[Path, str]]) -> dict[str, float]:
    for folder, stack in programs.values():
        seconds(pulumi(folder, stack, "stack", "init"))
    times: dict[str, list[float]] = {name: [] for name in programs}
    for turn in range(RUNS + 1):
        for name, (folder, stack) in programs.items():
            took = seconds(pulumi(folder, stack, "up", "--yes", "--skip-preview"))
            # The first turn warms the caches.
            if turn:
                times[name].append(took)
            for command in _down(folder, stack):
                seconds(command)
    return {name: statistics.median(values) for name, values in times.items()}


def _down(folder: Path, stack: str) -> tuple[Command, ...]:
    """Commands that remove everything, including protected volumes."""
    destroy = ("destroy", "--yes", "--skip-preview")
    return (
        pulumi(folder, stack, *destroy, "--exclude-protected"),
        pulumi(folder, stack, "state", "unprotect", "--all", "--yes"),
        pulumi(folder, stack, *destroy),
    )
