"""A copy of the shipped project, edited where its new owner edits it: this lab's daemons, addresses and folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from fleet.load.project import load_project
from fleet.model import MAIN
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.docker.lab import ROOT, Machine

STACKS = ("mainpc", "pc2")
REAL_AGENT = ("tutor-suite-cpu", "TutorAgent")
"""The one agent that is a process of its own in the lab; stand-ins answer for all others."""

_FLEET = Path(sys.executable).parent / "fleet"
_AGENTS_ID = 10001


def shipped_stack(stack: str) -> dict[str, Any]:
    """What the project ships as a stack's configuration."""
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def shipped_group(name: str) -> dict[str, Any]:
    """What the project ships as a group's file."""
    file = next((ROOT / "groups").glob(f"*/{name}.yaml"))
    group: dict[str, Any] = yaml.safe_load(file.read_text())
    return group


GROUPS = [(stack, group) for stack in STACKS for group in shipped_stack(stack)["fleet:groups"]]
"""Stack and name of every group."""
CONTAINERS = [
    (stack, group if key == MAIN else f"{group}-{key}")
    for stack, group in GROUPS
    for key in shipped_group(group)["containers"]
]
"""Stack and name of every container."""


class Project:
    """A project folder for some machines."""

    def __init__(self, folder: Path, machines: Mapping[str, Machine]) -> None:
        """machines: stack -> its machine; other stacks stay as shipped."""
        self.folder = folder
        folder.mkdir()
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        shutil.copytree(ROOT / "groups", folder / "groups")
        for stack in {*STACKS, *machines}:
            if stack in machines:
                self._settle(stack, machines[stack])
            else:
                shutil.copy(ROOT / f"Pulumi.{stack}.yaml", folder)
        group, agent = REAL_AGENT
        program = {"program": "/bin/sleep", "args": ["infinity"]}
        self.edit_group(group, lambda text: text["containers"]["main"]["agents"].update({agent: program}))

    def edit_group(self, name: str, edit: Callable[[dict[str, Any]], Any]) -> None:
        """Changes a group's file in place."""
        self._edit(next((self.folder / "groups").glob(f"*/{name}.yaml")), edit)

    def edit_stack(self, stack: str, edit: Callable[[dict[str, Any]], Any]) -> None:
        """Changes a stack's configuration in place."""
        self._edit(self.folder / f"Pulumi.{stack}.yaml", lambda text: edit(text["config"]))

    def export(self, stack: str) -> Path:
        """The Compose file that `fleet export compose` makes of a stack."""
        out = self.folder / "compose" / stack
        self.fleet("export", "compose", stack, "--without-gpu", "-o", str(out))
        return out / "compose.yaml"

    def fleet(self, *arguments: str) -> str:
        """Runs `fleet` in the folder and returns what it prints."""
        done = subprocess.run([str(_FLEET), *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def plan(self, stack: str) -> Deployment:
        """What the stack's machine is to run."""
        return plan_stack(load_project(self.folder).fleet, stack, without_gpu=True)

    def _settle(self, stack: str, machine: Machine) -> None:
        file = shutil.copy(ROOT / f"Pulumi.{stack}.yaml", self.folder)
        version = machine.client.version()
        # Docker refuses a container more processors than there are.
        cpus = int(machine.client.info()["NCPU"])

        def owner(text: dict[str, Any]) -> None:
            described = text["config"]["fleet:machine"]
            binds = {volume: self._bind(machine, volume) for volume in described.get("binds", {})}
            described.update(
                connection=machine.connection,
                docker_api=version["ApiVersion"],
                cpus=cpus,
                **({"lan_address": machine.address, "binds": binds} if "lan_address" in described else {}),
            )

        self._edit(Path(file), owner)
        self._squeeze(shipped_stack(stack)["fleet:groups"], cpus)

    def _squeeze(self, groups: list[str], cpus: int) -> None:
        """Lowers CPU requests to an equal share of the machine at most, and CPU limits to the machine."""
        share = cpus * 1000 // sum(len(shipped_group(name)["containers"]) for name in groups)
        for name in groups:
            self.edit_group(name, lambda text: _lower(text, request=share, limit=cpus * 1000))

    def _bind(self, machine: Machine, volume: str) -> str:
        folder = machine.home / "binds" / volume
        folder.mkdir(parents=True)
        os.chown(folder, _AGENTS_ID, _AGENTS_ID)
        return str(folder)

    def _edit(self, file: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
        text = yaml.safe_load(file.read_text())
        edit(text)
        file.write_text(yaml.safe_dump(text, sort_keys=False))


def _lower(group: dict[str, Any], **most: int) -> None:
    for container in group["containers"].values():
        for field, millicores_max in most.items():
            asked = str(container["cpu"][field])
            millicores = int(asked[:-1]) if asked.endswith("m") else int(float(asked) * 1000)
            container["cpu"][field] = f"{min(millicores, millicores_max)}m"
