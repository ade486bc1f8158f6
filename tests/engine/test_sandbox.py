"""The sandbox in a clone, by the words of the README and of the commands themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests import daemon
from tests.engine.workspace import ROOT

pytestmark = pytest.mark.engine

VOLUMES = {f"local-{name}" for name in ("memory-data", "observability-data", "system-logs", "tutor-content")}
_MEMORY = "    - memory-stack\n    - tutor-suite-cpu\n"
"""The groups that use `memory-data`."""


@dataclass(frozen=True)
class Clone:
    """A copy of the checkout, with the virtual environment of this one."""

    folder: Path

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Runs a script as a reader would, in a shell that names no backend."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        environment = {**kept, "PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
        return subprocess.run(
            ["bash", "-ec", script],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def run(self, script: str) -> str:
        """The output of a script that must succeed."""
        done = self.shell(script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _commands(text: str) -> str:
    """The indented lines below the words that announce commands."""
    found = [line for line in text[max(text.find(", run\n"), 0) :].splitlines() if line.startswith("    ")]
    assert found, text
    return "\n".join(found)


@pytest.fixture(scope="module")
def clone(host: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A clone with its sandbox deployed, on a machine without volumes of its names."""
    if taken := VOLUMES & _volumes(host):
        pytest.skip(f"this machine has volumes of a sandbox: {', '.join(sorted(taken))}")
    folder = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    if base := os.environ.get(daemon.BASE_VARIABLE):
        stack = folder / "Pulumi.local.yaml"
        text = stack.read_text(encoding="utf-8")
        stack.write_text(text.replace("  fleet:groups:\n", f"  fleet:images: {{base: {base}}}\n  fleet:groups:\n"))
    made = Clone(folder)
    try:
        made.run(".venv/bin/fleet up local")
        yield made
    finally:
        made.shell(".venv/bin/fleet down local")
        for volume in host.volumes.list():
            if volume.name in VOLUMES:
                volume.remove()


def _volumes(host: docker.DockerClient) -> set[str]:
    return {volume.name for volume in host.volumes.list()}


def test_the_readme_s_preview_shows_no_change(clone: Clone) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text.index("    export PULUMI_BACKEND_URL=")
    output = clone.run(text[start : text.index("\n\n", start)])
    assert " unchanged" in output
    assert " to create" not in output


def test_a_group_with_data_goes_by_the_printed_words_and_finds_its_data_again(
    clone: Clone, host: docker.DockerClient
) -> None:
    file = clone.folder / "Pulumi.local.yaml"
    before = file.read_text(encoding="utf-8")
    assert before.count(_MEMORY) == 1
    # The time of creation that the daemon reports changes whenever a volume is created again by its name.
    memory = host.containers.get("local-memory-stack")
    assert memory.exec_run(["python3", "-c", "open('/data/kept', 'w').write('kept')"]).exit_code == 0
    running = {container.name for container in host.containers.list()}
    file.write_text(before.replace(_MEMORY, ""), encoding="utf-8")
    refused = clone.shell(".venv/bin/fleet up local")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert {container.name for container in host.containers.list()} == running
    clone.run(_commands(refused.stderr))
    clone.run(".venv/bin/fleet up local")
    assert running - {container.name for container in host.containers.list()} == {
        "local-memory-stack",
        "local-tutor-suite-cpu",
    }
    assert "local-memory-data" in _volumes(host)
    file.write_text(before, encoding="utf-8")
    clone.run(".venv/bin/fleet up local")
    assert {container.name for container in host.containers.list()} == running
    memory = host.containers.get("local-memory-stack")
    assert memory.exec_run(["cat", "/data/kept"]).output == b"kept"


def test_down_keeps_the_volumes_and_its_words_delete_them(clone: Clone, host: docker.DockerClient) -> None:
    printed = clone.run(".venv/bin/fleet down local")
    assert _volumes(host) >= VOLUMES
    clone.run(_commands(printed))
    assert not VOLUMES & _volumes(host)
    again = clone.run(".venv/bin/fleet down local")
    assert "with data kept" not in again
