"""A project folder with its own file backend, in which tests run the real engine."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
POLICY_PACK = ROOT / "policy"

_GROUP = {
    "containers": {
        "main": {
            "image": {"reference": "fleet.local/agent-host:0.1.0"},
            "agents": {"FirstAgent": {}},
            "memory": {"request": "64MiB", "limit": "128MiB"},
            "cpu": {"request": "100m", "limit": "500m"},
            "health": {"command": ["python3", "-m", "agent_host.health"], "interval": "5s", "start_period": "10s"},
            "stop_grace": "5s",
        }
    }
}


_UP = ("up", "--yes", "--skip-preview")


def a_group(**changes: Any) -> dict[str, Any]:
    """A small group that runs the agent host; `changes` go into its main container."""
    group: dict[str, Any] = json.loads(json.dumps(_GROUP))
    group["containers"]["main"].update(changes)
    return group


@dataclass(frozen=True)
class Outcome:
    """How a Pulumi command ended."""

    code: int
    text: str


class Workspace:
    """One project in a folder; every command runs there, against the folder's own state."""

    def __init__(self, folder: Path, stack: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.stack = stack
        self._environment = environment or {}
        (folder / "state").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "__main__.py", folder)
        project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
        project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    def take_shipped_files(self) -> None:
        """Copies the stacks and groups the project ships."""
        for name in ("groups", "images"):
            shutil.copytree(ROOT / name, self.folder / name)
        for file in ROOT.glob("Pulumi.*.yaml"):
            shutil.copy(file, self.folder)

    def write_group(self, name: str, group: dict[str, Any]) -> None:
        """Writes a group's file."""
        file = self.folder / "groups" / "trial" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(group, sort_keys=False))

    def edit_group(self, name: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Changes a group's file in place."""
        file = self.folder / "groups" / "trial" / f"{name}.yaml"
        group = yaml.safe_load(file.read_text())
        edit(group)
        self.write_group(name, group)

    def write_stack(self, machine: dict[str, Any], groups: list[str], **more: Any) -> None:
        """Writes the stack's file, keeping what Pulumi itself wrote into it; `more` are keys without `fleet:`."""
        file = self.folder / f"Pulumi.{self.stack}.yaml"
        kept = yaml.safe_load(file.read_text()) if file.exists() else {}
        kept["config"] = {
            "pulumi:disable-default-providers": ["*"],
            "fleet:machine": machine,
            "fleet:groups": groups,
            **{f"fleet:{key}": value for key, value in more.items()},
        }
        file.write_text(yaml.safe_dump(kept, sort_keys=False))

    def pulumi(self, *arguments: str) -> Outcome:
        """Runs a Pulumi command without a terminal."""
        return self.shell(shlex.join(_command(*arguments)))

    def shell(self, command: str) -> Outcome:
        """Runs a command that was printed, as a user would."""
        done = subprocess.run(  # noqa: S602  (as a user's shell does)
            command,
            shell=True,
            cwd=self.folder,
            env=self._whole_environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def init(self) -> None:
        """Creates the stack."""
        outcome = self.pulumi("stack", "init", self.stack)
        assert outcome.code == 0, outcome.text

    def up(self, *options: str) -> Outcome:
        """Updates without a preview of its own."""
        return self.pulumi(*_UP, "--stack", self.stack, *options)

    def start_up(self) -> subprocess.Popen[str]:
        """Starts an update, in a process group of its own."""
        return subprocess.Popen(
            _command(*_UP, "--stack", self.stack),
            cwd=self.folder,
            env=self._whole_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up_line_by_line(self) -> Iterator[tuple[datetime, str]]:
        """Updates, and gives each line as it is printed, with the time."""
        with self.start_up() as process:
            assert process.stdout
            for line in process.stdout:
                yield datetime.now(UTC), line

    def preview(self, *options: str) -> Outcome:
        """Previews."""
        return self.pulumi("preview", "--stack", self.stack, *options)

    def destroy(self) -> Outcome:
        """Removes all that is not protected."""
        return self.pulumi("destroy", "--yes", "--skip-preview", "--stack", self.stack, "--exclude-protected")

    def _whole_environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            **self._environment,
        }


def _command(*arguments: str) -> list[str]:
    return ["pulumi", *arguments, "--non-interactive", "--color", "never"]
