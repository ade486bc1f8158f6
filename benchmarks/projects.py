"""The projects to time: the shipped one, one with many groups, and bare programs with the same resources."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from components.docker.render import render_build, render_container, render_network, render_provider, render_volume
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack

ROOT = Path(__file__).parent.parent

_BARE_PROGRAM = '''
"""Registers resources from a file and nothing else."""

import json
from pathlib import Path

import pulumi
import pulumi_docker as docker

data = json.loads((Path(__file__).parent / "resources.json").read_text())


class Parent(pulumi.ComponentResource):
    def __init__(self, kind, name, opts=None):
        super().__init__(f"bare:docker:{kind}", name, {}, opts)
        self.register_outputs({})


machine = Parent("Machine", "machine")
provider = docker.Provider("daemon", **data["provider"], opts=pulumi.ResourceOptions(parent=machine))


def under(kind, name, depends_on=None):
    parent = Parent(kind, name, pulumi.ResourceOptions(parent=machine, providers=[provider], depends_on=depends_on))
    return parent, pulumi.ResourceOptions(parent=parent)


docker.Network("network-bridge", **data["network"], opts=under("Network", "network")[1])
for name, arguments in data["volumes"].items():
    docker.Volume(f"{name}-volume", **arguments, opts=under("Volume", name)[1])
built = {}
if data["builds"]:
    images, opts = under("Images", "images")
    for name, arguments in data["builds"].items():
        after = [image for image in list(built.values())[:1]]
        options = pulumi.ResourceOptions(parent=images, depends_on=after)
        built[arguments["image_name"]] = docker.Image(name, **arguments, opts=options)
groups = {}
for name, group in data["groups"].items():
    groups[name], opts = under("Group", name, [groups[earlier] for earlier in group["after"]])
    for key, arguments in group["containers"].items():
        needs = [built[arguments["image"]]] if arguments["image"] in built else []
        options = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=needs))
        docker.Container(f"{name}-{key}", **arguments, opts=options)
'''

_BARE_RUNNER = '''
"""Runs a bare program in process against the SDK's mock monitor."""

import asyncio
import runpy
import sys

import pulumi
from pulumi.runtime import Mocks, set_mocks
from pulumi.runtime.stack import run_pulumi_func


class Echo(Mocks):
    def call(self, args):
        return {}

    def new_resource(self, args):
        return "", args.inputs


asyncio.set_event_loop(loop := asyncio.new_event_loop())
set_mocks(Echo(), project="bare", stack="bare", preview=True)


async def program():
    runpy.run_path(sys.argv[1], run_name="__main__")


loop.run_until_complete(run_pulumi_func(program))
'''

_GROUP = {
    "containers": {
        "main": {
            "build": {"requirements": ["fastapi"]},
            "memory": {"request": "64MiB"},
            "cpu": {"request": "10m", "limit": "100m"},
        }
    }
}


def shipped(folder: Path) -> Path:
    """A copy of the shipped project."""
    _program(folder)
    for name in ("groups", "images"):
        shutil.copytree(ROOT / name, folder / name)
    for file in ROOT.glob("Pulumi.*.yaml"):
        shutil.copy(file, folder)
    return folder


def edited(folder: Path) -> Path:
    """A clone of the checkout's last commit with an edit that changes every container of every stack."""
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)  # noqa: S603, S607
    file = folder / "fleet/plan/environment.py"
    before = file.read_text()
    after = before.replace('"container_dns"', '"benchmark"')
    if after == before:
        msg = f"{file}: no longer sets SERVICE_DISCOVERY_MODE to container_dns; edit another value here"
        raise ValueError(msg)
    file.write_text(after)
    return folder


def many_groups(folder: Path, count: int) -> Path:
    """A project with one stack, `big`: `count` groups of one container with one agent, in five waves."""
    _program(folder)
    names = [f"group-{index:03}" for index in range(count)]
    (folder / "groups/many").mkdir(parents=True)
    for index, name in enumerate(names):
        group: dict[str, Any] = json.loads(json.dumps(_GROUP))
        group["containers"]["main"]["agents"] = {f"Agent{index}": {}}
        if index % 5:
            group["start_after"] = group["peers"] = [names[index - 1]]
        (folder / f"groups/many/{name}.yaml").write_text(yaml.safe_dump(group))
    machine = {
        "name": "big",
        "title": "A machine of many groups",
        "class": "workstation",
        "arch": "amd64",
        "connection": "ssh://owner@192.0.2.1",
        "cpus": 512,
        "memory": "1TiB",
        "network": {"name": "big_internal", "subnet": "10.211.0.0/16"},
    }
    config = {"pulumi:disable-default-providers": ["*"], "fleet:machine": machine, "fleet:groups": names}
    (folder / "Pulumi.big.yaml").write_text(yaml.safe_dump({"config": config}))
    return folder


def bare_program(folder: Path, project: Path, stack: str) -> Path:
    """A Pulumi project that registers the resources of `stack` of `project` from literal arguments."""
    deployment = plan_stack(load_project(project).fleet, stack)
    data = {
        "provider": render_provider(deployment.machine),
        "network": render_network(deployment.machine.network),
        "volumes": {volume.key: render_volume(volume) for volume in deployment.volumes.values()},
        "builds": {build.name: render_build(build) for build in deployment.builds},
        "groups": {
            group.name: {
                "after": [*group.shares, *group.start_after],
                "containers": {c.key: render_container(c, deployment) for c in group.containers},
            }
            for group in (*deployment.sharing, *deployment.groups)
        },
    }
    folder.mkdir(parents=True)
    (folder / "resources.json").write_text(json.dumps(data))
    (folder / "__main__.py").write_text(_BARE_PROGRAM)
    (folder / "runner.py").write_text(_BARE_RUNNER)
    shutil.copytree(ROOT / "images", folder / "images")
    pulumi_yaml(folder)
    return folder


def _program(folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "__main__.py", folder)
    pulumi_yaml(folder)


def pulumi_yaml(folder: Path) -> None:
    """Writes a folder's Pulumi.yaml: the project's own, with this environment's Python."""
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
